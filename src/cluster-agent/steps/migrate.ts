/** `migrate`: every object of the resources is rewritten until a scan of etcd finds none that is not sealed by the expected key. */
import { RootwardError } from '../../contract/errors.ts';
import { isSealedBytes, isSealedValue, resourcePrefix, scanPrefix } from '../etcd/etcd-scan.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import { type ListedObject, listObjects, objectInEtcd } from '../kube/list-objects.ts';
import type { OpenClients } from '../kube/open-clients.ts';
import { openClients } from '../kube/open-clients.ts';
import { type RawState, type RewriteResult, rewriteObject } from '../kube/rewrite-object.ts';
import { pacedPool } from '../paced-pool.ts';
import { expectedKeyId } from '../parameters.ts';
import type { Evidence, StepContext } from '../step.ts';
import { StepFailure } from '../step.ts';

const CONCURRENCY = 8;
const QPS = 200;
const MAX_ROUNDS = 5;
/** The report names that many objects that could not be rewritten. */
const MAX_LISTED = 100;

interface Counts {
  rewritten: number;
  alreadySealed: number;
  conflicts: number;
  gone: number;
  readonly failures: { readonly object: string; readonly reason: string }[];
}

/** Resumable: what is left to do is what etcd says. @throws StepFailure MIGRATION_INCOMPLETE after the last round */
export async function migrate(context: StepContext): Promise<Evidence> {
  await using clients = await openClients(context.access);
  const keyId = expectedKeyId(context.parameters);
  const maxRounds = context.parameters.maxRounds ?? MAX_ROUNDS;
  const resources: Record<string, unknown> = {};
  let revision = 0n;
  for (const resource of context.parameters.resources) {
    const counts: Counts = { rewritten: 0, alreadySealed: 0, conflicts: 0, gone: 0, failures: [] };
    for (let round = 1; ; round += 1) {
      const scan = await findStale(context, clients, resource, keyId);
      revision = scan.revision;
      resources[resource] = { total: scan.total, stale: scan.stale.size, rounds: round - 1, ...counts };
      if (scan.stale.size === 0) break;
      if (round > maxRounds) {
        const message = `${scan.stale.size} objects of ${resource} are not sealed by the expected key after ${maxRounds} rounds.`;
        throw new StepFailure(new RootwardError('MIGRATION_INCOMPLETE', { message }), {
          keyId,
          resources,
          revision: Number(revision),
          at: context.now().toISOString(),
        });
      }
      counts.failures.length = 0;
      await rewriteRound(context, clients, resource, scan.stale, counts);
    }
  }
  return { keyId, resources, revision: Number(revision), at: context.now().toISOString() };
}

async function findStale(
  context: StepContext,
  clients: OpenClients,
  resource: string,
  keyId: string,
): Promise<{ readonly revision: bigint; readonly total: number; readonly stale: Map<string, bigint> }> {
  const stale = new Map<string, bigint>();
  let total = 0;
  const restart = () => {
    stale.clear();
    total = 0;
  };
  const { signal, parameters } = context;
  const revision = await scanPrefix(
    clients.etcd,
    resourcePrefix(resource),
    (object) => {
      total += 1;
      if (!isSealedValue(object.value, parameters.providerName, keyId)) stale.set(object.key, object.modRevision);
    },
    restart,
    { signal },
  );
  return { revision, total, stale };
}

async function rewriteRound(
  context: StepContext,
  clients: OpenClients,
  resource: string,
  stale: ReadonlyMap<string, bigint>,
  counts: Counts,
): Promise<void> {
  const { signal, parameters } = context;
  const servers = [...clients.kube.values()];
  const pool = pacedPool({ concurrency: parameters.concurrency ?? CONCURRENCY, qps: parameters.qps ?? QPS, signal });
  const keyId = expectedKeyId(parameters);
  const rawState = async (key: string): Promise<RawState> => {
    const [kv] = (await clients.etcd.get(key, signal)).kvs;
    if (kv === undefined) return 'gone';
    return isSealedBytes(kv.value, parameters.providerName, keyId) ? 'sealed' : 'stale';
  };
  let done = 0;
  let turn = 0;
  const [first] = servers;
  if (first === undefined) throw new RootwardError('APISERVER_UNREACHABLE');
  for await (const object of staleObjects(first, resource, stale, signal)) {
    const kube = servers[turn % servers.length] ?? first;
    turn += 1;
    await pool.add(async () => {
      const result = await rewriteObject({ kube, object, signal, state: () => rawState(object.etcdKey) });
      tally(counts, object.etcdKey, result);
      done += 1;
      context.progress({ done, total: stale.size, note: `rewriting ${resource}` });
    });
  }
  await pool.drain();
}

/** The stale objects by a list of metadata, and what the list does not tell by what etcd told. */
async function* staleObjects(
  kube: KubeClient,
  resource: string,
  stale: ReadonlyMap<string, bigint>,
  signal: AbortSignal,
): AsyncGenerator<ListedObject> {
  const left = new Map(stale);
  try {
    for await (const object of listObjects(kube, resource, signal)) if (left.delete(object.etcdKey)) yield object;
  } catch (error) {
    // One object that cannot be opened fails every list. An apiserver that is not there fails everything.
    if (!(error instanceof RootwardError) || !(await kube.isReady(signal))) throw error;
  }
  for (const [key, modRevision] of left) yield objectInEtcd(resource, key, modRevision);
}

function tally(counts: Counts, key: string, result: RewriteResult): void {
  counts.conflicts += result.conflicts;
  if (result.outcome === 'failed') {
    if (counts.failures.length < MAX_LISTED) counts.failures.push({ object: key, reason: result.reason });
  } else if (result.outcome === 'rewritten') counts.rewritten += 1;
  else if (result.outcome === 'sealed') counts.alreadySealed += 1;
  else counts.gone += 1;
}
