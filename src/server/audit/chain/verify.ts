import type { KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type ChainState, chainStart, readHeader } from './chain.ts';
import { type ChainFile, listChainFiles } from './chain-files.ts';
import type { Checkpoint, CheckpointStore } from './checkpoint.ts';
import { type LineFault, walkRecords } from './walk-chain.ts';
import { isOfFormerEpoch, isWriterOf } from './writer-name.ts';

export interface AuditProblem {
  readonly kind: LineFault | 'header' | 'missing' | 'truncated' | 'rewritten';
  readonly file: string | undefined;
  /** 1-based. */
  readonly line: number | undefined;
  readonly message: string;
}

export interface ChainReport {
  readonly writer: string;
  readonly files: number;
  readonly records: number;
  /** base64url MAC of the last record: what an exported checkpoint is compared with. */
  readonly head: string;
  readonly checkpoint: Checkpoint | undefined;
  /** The files are not here: the chain is of a time before this server was restored from a backup, or another replica's. */
  readonly elsewhere: boolean;
  /** Bytes of a record at the very end that is being written now, or that a crash left unfinished. */
  readonly unfinishedBytes: number;
  readonly problems: readonly AuditProblem[];
}

export interface AuditReport {
  readonly ok: boolean;
  readonly chains: readonly ChainReport[];
}

const NEWLINE = 10;
const MAX_PROBLEMS = 100;

/**
 * Reads every chain in the directory from its first record. Works beside a running writer. `epoch` is the store's restore epoch:
 * chains of earlier ones may have stayed behind altogether, but not in part. `replica`: whose directory this is, where several
 * write into one store; the chains of the others are with them.
 */
export async function verifyAuditLog(
  directory: string,
  key: KeyObject,
  checkpoints: CheckpointStore,
  epoch = 0,
  replica?: string,
): Promise<AuditReport> {
  const known = (await checkpoints.writers?.()) ?? [];
  const before = existsSync(directory) ? listChainFiles(directory) : new Map<string, ChainFile[]>();
  const chains: ChainReport[] = [];
  for (const writer of [...new Set([...before.keys(), ...known])].sort()) {
    // First the checkpoint, then the files: a running writer only ever adds to what the checkpoint promises.
    const checkpoint = await checkpoints.read(writer);
    const files = existsSync(directory) ? (listChainFiles(directory).get(writer) ?? []) : [];
    const ofAnother = replica !== undefined && !isWriterOf(writer, replica);
    const elsewhere = files.length === 0 && (isOfFormerEpoch(writer, epoch) || ofAnother);
    const report = await verifyChain(files, writer, key, elsewhere ? undefined : checkpoint);
    chains.push({ ...report, checkpoint, elsewhere });
  }
  return { ok: chains.every(({ problems }) => problems.length === 0), chains };
}

async function verifyChain(
  files: readonly ChainFile[],
  writer: string,
  key: KeyObject,
  checkpoint: Checkpoint | undefined,
): Promise<Omit<ChainReport, 'elsewhere'>> {
  const problems: AuditProblem[] = [];
  const found = (kind: AuditProblem['kind'], file: string | undefined, line: number | undefined, message: string): void => {
    if (problems.length < MAX_PROBLEMS) problems.push({ kind, file, line, message });
  };
  let state = chainStart(key, writer);
  let unfinishedBytes = 0;
  let macAtCheckpoint: string | undefined;
  for (const [at, file] of files.entries()) {
    const isLast = at === files.length - 1;
    const bytes = await readFile(file.path);
    const newline = bytes.indexOf(NEWLINE);
    if (newline < 0 && isLast) {
      unfinishedBytes = bytes.length;
      break;
    }
    const header = readHeader(key, writer, bytes.subarray(0, Math.max(newline, 0)));
    if (header === undefined || header.count !== file.first - 1)
      found('header', file.name, 1, 'The first line of the file is not its own.');
    else if (header.count > state.count)
      found('missing', file.name, 1, `Records ${state.count + 1} to ${header.count} are missing.`);
    else if (header.count !== state.count || !header.mac.equals(state.mac))
      found('header', file.name, 1, 'The file does not follow from the one before it.');
    for (const line of walkRecords(key, bytes, newline + 1, header ?? state)) {
      if (line.fault === 'unterminated' && isLast) unfinishedBytes = line.end - line.start;
      else if (line.fault !== undefined) found(line.fault, file.name, line.line, describe(line.fault, line.seq, state));
      state = line.state;
      if (state.count === checkpoint?.count) macAtCheckpoint ??= state.mac.toString('base64url');
    }
  }
  const last = files.at(-1)?.name;
  if (checkpoint !== undefined && state.count < checkpoint.count) {
    found(
      'truncated',
      last,
      undefined,
      `The log ends after record ${state.count}; record ${checkpoint.count} had been written by ${checkpoint.at}.`,
    );
  } else if (checkpoint !== undefined && checkpoint.count > 0 && macAtCheckpoint !== checkpoint.mac) {
    found(
      'rewritten',
      undefined,
      undefined,
      `Record ${checkpoint.count} is not the one that the checkpoint of ${checkpoint.at} knows.`,
    );
  }
  return {
    writer,
    files: files.length,
    records: state.count,
    head: state.mac.toString('base64url'),
    checkpoint,
    unfinishedBytes,
    problems,
  };
}

function describe(fault: LineFault, seq: number | undefined, state: ChainState): string {
  switch (fault) {
    case 'unterminated':
      return 'The line has no end.';
    case 'form':
      return 'The line is not a record.';
    case 'gap':
      return `Record ${state.count + 1} was expected, this is record ${seq}: lines are missing or were moved.`;
    case 'order':
      return `Record ${seq} stands after record ${state.count}: lines were moved or repeated.`;
    case 'edit':
      return `Record ${seq} was changed after it had been written.`;
  }
}
