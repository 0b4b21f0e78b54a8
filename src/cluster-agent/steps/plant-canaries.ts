/** Writes one canary per apiserver and looks for it on the disk, so that the proof later searches for something that was there. */

import { classifyEtcdValue } from '../etcd/etcd-value.ts';
import { searchFiles } from '../etcd/file-search.ts';
import { canaryEtcdKey, canaryNeedle, needlesOf, writeCanary } from '../kube/canary.ts';
import type { OpenClients } from '../kube/open-clients.ts';
import type { StepContext } from '../step.ts';

export interface CanaryBaseline {
  /** How many canaries etcd holds as plaintext now. */
  readonly plaintext: number;
  /** What a search of etcd's files for their content found. */
  readonly disk: { readonly files: number; readonly bytes: number; readonly matches: number };
}

export async function plantCanaries(context: StepContext, clients: OpenClients): Promise<CanaryBaseline> {
  const { runId, signal, access } = context;
  let plaintext = 0;
  for (const [index, kube] of clients.kube) {
    await writeCanary(kube, index, runId, context.now().toISOString(), signal);
    const [kv] = (await clients.etcd.get(canaryEtcdKey(index), signal)).kvs;
    if (kv !== undefined && classifyEtcdValue(kv.value).form === 'plaintext') plaintext += 1;
  }
  const directories = access.etcdMembers().map((member) => member.dataDirectory);
  const { files, bytes, matches } = await searchFiles(directories, canaryNeedles(context), signal);
  return { plaintext, disk: { files, bytes, matches } };
}

export function canaryNeedles(context: StepContext): ReturnType<typeof needlesOf> {
  return context.access.apiservers().flatMap(({ index }) => needlesOf(`canary-${index}`, canaryNeedle(context.runId, index)));
}
