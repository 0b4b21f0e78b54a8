/**
 * `prove`: three levels, each with what the ones before it showed. `live`: every object, at one revision. `history`: older
 * revisions are compacted away. `disk`: data files are rewritten, logs turned over, and every file of etcd searched.
 */
import { RootwardError } from '../../contract/errors.ts';
import type { ResourceCounts } from '../etcd/etcd-scan.ts';
import { countResources, isSealedBy } from '../etcd/etcd-scan.ts';
import { type FileSearch, searchFiles } from '../etcd/file-search.ts';
import { SECRET_MARKERS } from '../etcd/plaintext-markers.ts';
import { turnWalOver } from '../etcd/wal-turnover.ts';
import type { OpenClients } from '../kube/open-clients.ts';
import { openClients } from '../kube/open-clients.ts';
import { expectedKeyId, type StepParameters } from '../parameters.ts';
import type { Evidence, StepContext } from '../step.ts';
import { StepFailure, waitUntil } from '../step.ts';
import { canaryNeedles } from './plant-canaries.ts';

type Level = NonNullable<StepParameters['proofLevels']>[number];

interface Proof {
  /** The highest level that was reached. */
  level: Level | 'none';
  passed: boolean;
  readonly keyId: string;
  readonly provider: string;
  revision: number;
  resources: Record<string, ResourceCounts>;
  compactedRevision?: number;
  disk?: FileSearch & { readonly needles: number; readonly durationMs: number };
  at: string;
}

const LEVELS: readonly Level[] = ['live', 'history', 'disk'];
const READY_MS = 60_000;

/** Goes up to the highest level that is asked for. @throws StepFailure PROOF_FAILED with the evidence so far */
export async function prove(context: StepContext): Promise<Evidence> {
  await using clients = await openClients(context.access);
  const { providerName, proofLevels = LEVELS } = context.parameters;
  const keyId = expectedKeyId(context.parameters);
  const proof: Proof = {
    level: 'none',
    passed: false,
    keyId,
    provider: providerName,
    revision: 0,
    resources: {},
    at: context.now().toISOString(),
  };
  const highest = Math.max(...proofLevels.map((level) => LEVELS.indexOf(level)));
  const stages = [proveLive, proveHistory, proveDisk].slice(0, highest + 1);
  for (const [position, stage] of stages.entries()) {
    const level = LEVELS[position] ?? 'live';
    context.progress({ done: position, total: stages.length, note: `proof: ${level}` });
    try {
      await stage(context, clients, proof);
    } catch (error) {
      if (error instanceof RootwardError && error.code === 'PROOF_FAILED') throw new StepFailure(error, { ...proof });
      throw error;
    }
    proof.level = level;
    proof.at = context.now().toISOString();
  }
  proof.passed = true;
  return { ...proof };
}

async function proveLive(context: StepContext, clients: OpenClients, proof: Proof): Promise<void> {
  const { resources, providerName } = context.parameters;
  const scan = await countResources(clients.etcd, resources, providerName, { signal: context.signal });
  proof.revision = Number(scan.revision);
  proof.resources = scan.resources;
  for (const [resource, counts] of Object.entries(scan.resources)) {
    if (!isSealedBy(counts, proof.keyId)) throw failed(`Some objects of ${resource} are not sealed by the expected key.`);
  }
}

async function proveHistory(context: StepContext, clients: OpenClients, proof: Proof): Promise<void> {
  await context.confirm();
  await clients.etcd.compact(BigInt(proof.revision), context.signal);
  proof.compactedRevision = proof.revision;
}

async function proveDisk(context: StepContext, clients: OpenClients, proof: Proof): Promise<void> {
  const { access, signal, now } = context;
  const started = now().getTime();
  await requireAllMembers(context, clients);
  const note = (text: string) => context.progress({ done: 2, total: 3, note: `proof: ${text}` });
  await context.confirm();
  note('defragmenting etcd');
  await clients.etcd.defragmentAll(signal);
  await turnWalOver(clients.etcd, access, { signal, now, note });
  note('searching the files of etcd');
  const directories = access.etcdMembers().map((member) => member.dataDirectory);
  const needles = [...SECRET_MARKERS, ...canaryNeedles(context)];
  const found = await searchFiles(directories, needles, signal);
  proof.disk = { ...found, needles: needles.length, durationMs: now().getTime() - started };
  if (found.matches > 0) throw failed(`${found.matches} plain traces were found in ${found.matchedFiles.join(', ')}.`);
  if (found.files === 0) throw failed('No file of etcd was found to search.');
  await waitForApiservers(context, clients);
}

/** A member whose files we do not see may keep what ours have dropped. */
async function requireAllMembers(context: StepContext, clients: OpenClients): Promise<void> {
  const members = await clients.etcd.memberUrls(context.signal);
  const known = context.access.etcdMembers().length;
  if (members.length !== known) throw failed(`etcd has ${members.length} members, but the files of only ${known} are here.`);
}

/** etcd was restarted: the step ends when every apiserver serves again. */
async function waitForApiservers(context: StepContext, clients: OpenClients): Promise<void> {
  for (const kube of clients.kube.values()) {
    const { signal, now } = context;
    if (await waitUntil(() => kube.isReady(signal), { timeoutMs: READY_MS, intervalMs: 200, signal, now })) continue;
    throw new RootwardError('APISERVER_UNREACHABLE', {
      message: `The kube-apiserver at ${kube.url} is not ready after etcd was restarted.`,
    });
  }
}

function failed(message: string): RootwardError {
  return new RootwardError('PROOF_FAILED', { message });
}
