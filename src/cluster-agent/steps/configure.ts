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

/**
 * Puts the named configuration back. Without a name: what was there before ours, or, if something in etcd already needs ours
 * to be read, everything but writing. @throws RootwardError STEP_ORDER if the named one would make objects unreadable
 */
export async function rollback(context: StepContext): Promise<Evidence> {
  await using clients = await openClients(context.access);
  const sealed = await resourcesOfOurs(context, clients.etcd);
  const arrangement = context.parameters.configuration ?? (sealed.length === 0 ? 'identity' : 'read-everywhere');
  if (arrangement === 'identity' && sealed.length > 0) {
    throw new RootwardError('STEP_ORDER', {
      message: `Objects of ${sealed.join(', ')} are sealed by ${context.parameters.providerName} and would become unreadable without it.`,
      hint: 'Put "read-everywhere" back instead.',
    });
  }
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

/** Resources with at least one object that only our provider can read. */
async function resourcesOfOurs(context: StepContext, etcd: EtcdClient): Promise<string[]> {
  const { providerName, resources } = context.parameters;
  const scan = await countResources(etcd, resources, providerName, { signal: context.signal });
  return Object.entries(scan.resources).flatMap(([resource, counts]) =>
    Object.keys(counts.byKeyId).length === 0 ? [] : [resource],
  );
}
