/** `read-everywhere`, `write`, `finish` and `rollback`: which providers read and write, on every apiserver. */
import { RootwardError } from '../../contract/errors.ts';
import type { ApiserverInstance } from '../cluster-access.ts';
import { applyConfig, isInForce, readConfig } from '../encryption-config/apply.ts';
import type { Arrangement } from '../encryption-config/arrange.ts';
import { arrange, readsWith, writingProvider } from '../encryption-config/arrange.ts';
import { sameConfiguration } from '../encryption-config/encryption-config.ts';
import type { EtcdClient } from '../etcd/etcd-client.ts';
import { countResources, isSealedBy } from '../etcd/etcd-scan.ts';
import { deleteCanary } from '../kube/canary.ts';
import { openClients } from '../kube/open-clients.ts';
import { expectedKeyId } from '../parameters.ts';
import type { Evidence, StepContext } from '../step.ts';
import { plantCanaries } from './plant-canaries.ts';

/** Ours can read on every apiserver before it writes on any. Plants the canaries while their content is still stored plainly. */
export async function readEverywhere(context: StepContext): Promise<Evidence> {
  await using clients = await openClients(context.access);
  const apiservers = await applyConfig(context, clients.kube, wanted(context, 'read-everywhere'));
  const canary = await plantCanaries(context, clients);
  return { arrangement: 'read-everywhere', apiservers, canary, at: context.now().toISOString() };
}

/** Ours writes. @throws RootwardError STEP_ORDER if one apiserver could not read it yet */
export async function write(context: StepContext): Promise<Evidence> {
  await using clients = await openClients(context.access);
  const { providerName, resources } = context.parameters;
  requireInForce(context, 'write', (instance) => {
    const config = readConfig(instance);
    return resources.every((resource) => readsWith(config, resource, providerName));
  });
  const apiservers = await applyConfig(context, clients.kube, wanted(context, 'write'));
  return { arrangement: 'write', apiservers, at: context.now().toISOString() };
}

/** Ours alone. @throws RootwardError STEP_ORDER if an object or an apiserver still needs another provider */
export async function finish(context: StepContext): Promise<Evidence> {
  await using clients = await openClients(context.access);
  const { providerName, resources } = context.parameters;
  const keyId = expectedKeyId(context.parameters);
  requireInForce(context, 'finish', (instance) => {
    const config = readConfig(instance);
    return resources.every((resource) => writingProvider(config, resource).kms?.name === providerName);
  });
  const scan = await countResources(clients.etcd, resources, providerName, { signal: context.signal });
  for (const [resource, counts] of Object.entries(scan.resources)) {
    if (isSealedBy(counts, keyId)) continue;
    throw new RootwardError('STEP_ORDER', {
      message: `Some objects of ${resource} are not sealed by the active key, so no provider may be dropped.`,
    });
  }
  const apiservers = await applyConfig(context, clients.kube, wanted(context, 'finish'));
  return { arrangement: 'finish', apiservers, revision: Number(scan.revision), at: context.now().toISOString() };
}

/** Puts a named configuration back (`identity` unless the parameters say otherwise), if everything in etcd stays readable. */
export async function rollback(context: StepContext): Promise<Evidence> {
  await using clients = await openClients(context.access);
  const arrangement = context.parameters.configuration ?? 'identity';
  if (arrangement === 'identity') await requireNothingOfOurs(context, clients.etcd);
  const apiservers = await applyConfig(context, clients.kube, wanted(context, arrangement));
  if (arrangement === 'identity') for (const [index, kube] of clients.kube) await deleteCanary(kube, index, context.signal);
  return { arrangement, apiservers, at: context.now().toISOString() };
}

function wanted(context: StepContext, arrangement: Arrangement): Parameters<typeof applyConfig>[2] {
  const { providerName, resources } = context.parameters;
  return (current, instance) =>
    arrange(current, resources, { name: providerName, socketPath: socketOf(context, instance) }, arrangement);
}

export function socketOf(context: StepContext, instance: ApiserverInstance): string {
  const path = context.parameters.socketPaths?.[instance.index] ?? instance.socketPath;
  if (path !== undefined) return path;
  throw new RootwardError('CONFIG', { message: `Nothing names the plugin socket of the kube-apiserver ${instance.index}.` });
}

/**
 * Every apiserver must run with a file that fulfils the condition. A file which already is the wanted one was only written
 * after the condition held, by an earlier attempt at this step.
 */
function requireInForce(
  context: StepContext,
  arrangement: Arrangement,
  condition: (instance: ApiserverInstance) => boolean,
): void {
  for (const instance of context.access.apiservers()) {
    const config = readConfig(instance);
    if (config !== undefined && sameConfiguration(config, wanted(context, arrangement)(config, instance))) continue;
    if (condition(instance) && isInForce(instance)) continue;
    throw new RootwardError('STEP_ORDER', {
      message: `The kube-apiserver at ${instance.url} does not run with the configuration that must come before "${arrangement}".`,
    });
  }
}

async function requireNothingOfOurs(context: StepContext, etcd: EtcdClient): Promise<void> {
  const { providerName, resources } = context.parameters;
  const scan = await countResources(etcd, resources, providerName, { signal: context.signal });
  for (const [resource, counts] of Object.entries(scan.resources)) {
    if (Object.keys(counts.byKeyId).length === 0) continue;
    throw new RootwardError('STEP_ORDER', {
      message: `Objects of ${resource} are sealed by ${providerName} and would become unreadable without it.`,
      hint: 'Put "read-everywhere" back instead.',
    });
  }
}
