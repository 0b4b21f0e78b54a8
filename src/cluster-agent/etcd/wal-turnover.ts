/**
 * Makes etcd let go of every write-ahead log segment that exists now. Filler goes through raft and so into the log of every
 * member, but is never applied: a transaction whose condition cannot hold stores nothing and takes no revision.
 */
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RootwardError } from '../../contract/errors.ts';
import type { ClusterAccess, EtcdMember } from '../cluster-access.ts';
import { Compare_CompareResult, Compare_CompareTarget } from '../gen/etcd_pb.js';
import { type WaitOptions, waitUntil } from '../step.ts';
import type { EtcdClient } from './etcd-client.ts';

export interface TurnoverOptions {
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly note: (note: string) => void;
}

/** Outside /registry, and never stored. */
const SCRATCH_KEY = Buffer.from('/rootward-scratch/wal-turnover');
/** etcd refuses requests above 1.5 MiB. */
const FILLER_BYTES = 1_400_000;
const FILLERS_AT_ONCE = 4;
const SMALL_AT_ONCE = 200;
/** etcd's own defaults, where a member's command line does not say otherwise. */
const DEFAULT_MAX_WALS = 5;
/** Past the largest default of `--snapshot-count` in any release (100,000), something is wrong. */
const MAX_SMALL = 150_000;
const MAX_FILLERS = 600;
/** etcd purges when it starts and every 30 s. */
const PURGE_MS = 75_000;
const RESTART_MS = 60_000;

/** Returns when no member has a segment left that existed at the call. @throws RootwardError PROOF_FAILED if one stays */
export async function turnWalOver(etcd: EtcdClient, access: ClusterAccess, options: TurnoverOptions): Promise<void> {
  const members = access.etcdMembers();
  const old = new Map<number, Set<string>>();
  for (const member of members) old.set(member.index, new Set(await segmentsOf(member)));
  options.note('turning the write-ahead log over');
  await fillUntil(members, old, () => writeFillers(etcd, options.signal));
  await forceSnapshots(etcd, members, options.signal);
  for (const member of members) await restart(etcd, access, member, options);
  options.note('waiting for etcd to drop old log files');
  const gone = async () => (await remaining(members, old)).length === 0;
  if (await waitUntil(gone, within(PURGE_MS, options))) return;
  const left = await remaining(members, old);
  throw new RootwardError('PROOF_FAILED', { message: `etcd still keeps old log files: ${left.join(', ')}.` });
}

/** Fills until every member has as many new segments as it keeps. */
async function fillUntil(
  members: readonly EtcdMember[],
  old: ReadonlyMap<number, ReadonlySet<string>>,
  fill: () => Promise<void>,
): Promise<void> {
  const wanted = new Map<number, number>();
  for (const member of members) wanted.set(member.index, await keptSegments(member));
  for (let written = 0; written < MAX_FILLERS; written += FILLERS_AT_ONCE) {
    const lacking = [];
    for (const member of members) {
      const fresh = (await segmentsOf(member)).filter((name) => !old.get(member.index)?.has(name)).length;
      if (fresh < (wanted.get(member.index) ?? DEFAULT_MAX_WALS)) lacking.push(member);
    }
    if (lacking.length === 0) return;
    await fill();
  }
  throw new RootwardError('PROOF_FAILED', { message: 'etcd began no new log file, however much was written.' });
}

async function writeFillers(etcd: EtcdClient, signal: AbortSignal): Promise<void> {
  await Promise.all(Array.from({ length: FILLERS_AT_ONCE }, () => writeUnapplied(etcd, randomBytes(FILLER_BYTES), signal)));
}

/** Small entries until every member has taken a snapshot behind the filler: only then it may drop the segments before. */
async function forceSnapshots(etcd: EtcdClient, members: readonly EtcdMember[], signal: AbortSignal): Promise<void> {
  const [status] = await etcd.statusOfAll(signal);
  const index = status?.raftIndex ?? 0n;
  for (let written = 0; written < MAX_SMALL; written += SMALL_AT_ONCE) {
    const newest = await Promise.all(members.map(newestSnapshot));
    if (newest.every((snapshot) => snapshot > index)) return;
    await Promise.all(Array.from({ length: SMALL_AT_ONCE }, () => writeUnapplied(etcd, Buffer.alloc(1), signal)));
  }
  throw new RootwardError('PROOF_FAILED', { message: 'etcd took no snapshot, however many entries were written.' });
}

async function writeUnapplied(etcd: EtcdClient, value: Uint8Array, signal: AbortSignal): Promise<void> {
  const applied = await etcd.txn(
    {
      // A key never has version -1.
      compare: [
        {
          result: Compare_CompareResult.EQUAL,
          target: Compare_CompareTarget.VERSION,
          key: SCRATCH_KEY,
          targetUnion: { case: 'version', value: -1n },
        },
      ],
      success: [{ request: { case: 'requestPut', value: { key: SCRATCH_KEY, value } } }],
    },
    signal,
  );
  if (applied) throw new RootwardError('INTERNAL', { message: 'A condition that cannot hold held in etcd.' });
}

/** A start makes etcd purge at once. A member that is not ours to restart purges by itself, every 30 s. */
async function restart(etcd: EtcdClient, access: ClusterAccess, member: EtcdMember, options: TurnoverOptions): Promise<void> {
  if (member.process === null) return;
  options.note(`restarting etcd ${member.index}`);
  await access.restartEtcd(member.index, RESTART_MS);
  const answers = () =>
    etcd.statusOfAll(options.signal).then(
      () => true,
      (error: unknown) => {
        if (error instanceof RootwardError && error.code === 'ETCD_UNREACHABLE') return false;
        throw error;
      },
    );
  if (await waitUntil(answers, within(RESTART_MS, options))) return;
  throw new RootwardError('ETCD_UNREACHABLE', {
    message: `etcd ${member.index} does not answer ${RESTART_MS / 1000} s after its restart.`,
  });
}

async function remaining(members: readonly EtcdMember[], old: ReadonlyMap<number, ReadonlySet<string>>): Promise<string[]> {
  const left = [];
  for (const member of members) left.push(...(await segmentsOf(member)).filter((name) => old.get(member.index)?.has(name)));
  return left;
}

async function segmentsOf(member: EtcdMember): Promise<string[]> {
  return (await readdir(join(member.dataDirectory, 'member', 'wal'))).filter((name) => name.endsWith('.wal'));
}

/** The raft index of the newest snapshot file, `<term>-<index>.snap` in hex. */
async function newestSnapshot(member: EtcdMember): Promise<bigint> {
  const names = (await readdir(join(member.dataDirectory, 'member', 'snap'))).filter((name) => name.endsWith('.snap'));
  const indexes = names.map((name) => BigInt(`0x${name.slice(name.indexOf('-') + 1, -'.snap'.length)}`));
  return indexes.reduce((most, index) => (index > most ? index : most), 0n);
}

/** `--max-wals` of a running member. */
async function keptSegments(member: EtcdMember): Promise<number> {
  if (member.process === null) return DEFAULT_MAX_WALS;
  const commandLine = (await readFile(`/proc/${member.process.pid}/cmdline`, 'utf8')).split('\0');
  const flag = commandLine.find((word) => word.startsWith('--max-wals='));
  const kept = Number(flag?.slice('--max-wals='.length));
  return Number.isInteger(kept) && kept > 0 ? kept : DEFAULT_MAX_WALS;
}

function within(timeoutMs: number, options: TurnoverOptions): WaitOptions {
  return { timeoutMs, intervalMs: 100, signal: options.signal, now: options.now };
}
