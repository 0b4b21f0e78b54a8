/** `converge`: a canary written through each apiserver is found in etcd under the expected key. Only a write proves that. */
import { RootwardError } from '../../contract/errors.ts';
import { isSealedValue } from '../etcd/etcd-scan.ts';
import { classifyEtcdValue } from '../etcd/etcd-value.ts';
import { canaryEtcdKey, readCanary, writeCanary } from '../kube/canary.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import { type OpenClients, openClients } from '../kube/open-clients.ts';
import { expectedKeyId } from '../parameters.ts';
import type { Evidence, StepContext } from '../step.ts';
import { pause, StepFailure } from '../step.ts';

const WAIT_SECONDS = 5 * 60;
const POLL_MS = 1_000;

interface Finding {
  readonly apiserver: string;
  readonly converged: boolean;
  /** What the last canary was sealed by, or why it could not be written. */
  readonly found: string;
  readonly attempts: number;
}

/** Repeats until every apiserver writes under the key. @throws StepFailure NOT_CONVERGED when the time is over */
export async function converge(context: StepContext): Promise<Evidence> {
  await using clients = await openClients(context.access);
  const keyId = expectedKeyId(context.parameters);
  const end = context.now().getTime() + (context.parameters.timeoutSeconds ?? WAIT_SECONDS) * 1000;
  const findings = new Map<number, Finding>();
  for (let attempt = 1; ; attempt += 1) {
    for (const [index, kube] of clients.kube) {
      if (findings.get(index)?.converged) continue;
      const found = await tryCanary(context, clients, kube, index);
      findings.set(index, { apiserver: kube.url, converged: found.sealed, found: found.text, attempts: attempt });
    }
    const apiservers = [...findings.values()];
    const done = apiservers.filter((finding) => finding.converged).length;
    context.progress({ done, total: apiservers.length, note: `${done} of ${apiservers.length} write under the new key` });
    const evidence = { keyId, apiservers, at: context.now().toISOString() };
    if (done === apiservers.length) return evidence;
    if (context.now().getTime() >= end) {
      const late = apiservers.find((finding) => !finding.converged);
      const message = `The kube-apiserver at ${late?.apiserver} does not write under the expected key: ${late?.found}.`;
      throw new StepFailure(new RootwardError('NOT_CONVERGED', { message }), evidence);
    }
    await pause(POLL_MS, context.signal);
  }
}

/** Reads the canary of this run through every apiserver: what one sealed, all open. @throws RootwardError if one cannot */
export async function verifyCanaryRead(context: StepContext): Promise<Evidence> {
  await using clients = await openClients(context.access);
  const reads = [];
  for (const kube of clients.kube.values()) {
    for (const index of clients.kube.keys()) {
      const same = await readCanary(kube, index, context.runId, context.signal);
      if (!same)
        throw new RootwardError('NOT_CONVERGED', {
          message: `The canary ${index} read through ${kube.url} is not the one of this run.`,
        });
      reads.push({ apiserver: kube.url, canary: index });
    }
  }
  return { reads, at: context.now().toISOString() };
}

async function tryCanary(
  context: StepContext,
  clients: OpenClients,
  kube: KubeClient,
  index: number,
): Promise<{ readonly sealed: boolean; readonly text: string }> {
  const { signal, parameters, runId } = context;
  try {
    // A readiness probe makes the apiserver ask its plugin for the key id, which otherwise happens once a minute.
    await kube.isReady(signal);
    await writeCanary(kube, index, runId, context.now().toISOString(), signal);
  } catch (error) {
    if (!(error instanceof RootwardError) || error.code !== 'APISERVER_UNREACHABLE') throw error;
    return { sealed: false, text: error.message };
  }
  const [kv] = (await clients.etcd.get(canaryEtcdKey(index), signal)).kvs;
  if (kv === undefined) return { sealed: false, text: 'the canary is not in etcd' };
  const value = classifyEtcdValue(kv.value);
  const text = value.form === 'kms-v2' ? `${value.provider}:${value.keyId}` : value.form;
  return { sealed: isSealedValue(value, parameters.providerName, parameters.keyId ?? ''), text };
}
