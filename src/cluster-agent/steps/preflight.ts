/** `preflight`: can this control plane be moved at all? Looks at everything and changes nothing. */
import { readFileSync } from 'node:fs';
import { RootwardError } from '../../contract/errors.ts';
import type { ApiserverInstance } from '../cluster-access.ts';
import { readConfig } from '../encryption-config/apply.ts';
import { arrange } from '../encryption-config/arrange.ts';
import type { EncryptionConfiguration } from '../encryption-config/encryption-config.ts';
import type { ResourceCounts } from '../etcd/etcd-scan.ts';
import { countResources } from '../etcd/etcd-scan.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import { type OpenClients, openClients } from '../kube/open-clients.ts';
import type { Evidence, StepContext } from '../step.ts';
import { StepFailure, waitUntil } from '../step.ts';
import { socketOf } from './configure.ts';

const MAX_SKEW_MS = 5 * 60_000;
const START_MS = 30_000;

interface Check {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** @throws StepFailure PREFLIGHT_REFUSED with every check, if one failed; RootwardError if etcd cannot be reached */
export async function preflight(context: StepContext): Promise<Evidence> {
  await using clients = await openClients(context.access);
  const { providerName, resources } = context.parameters;
  const checks: Check[] = [];
  const configs: (EncryptionConfiguration | undefined)[] = [];
  await giveTimeToStart(context, clients);
  for (const instance of context.access.apiservers()) {
    checks.push(...(await checkApiserver(context, instance, clients.kube.get(instance.index))));
    checks.push(checkConfig(context, instance, configs));
  }
  checks.push(checkSkew('clock of the key server', context.serverSkewMs));
  const members = await clients.etcd.statusOfAll(context.signal);
  checks.push({ check: 'etcd', ok: members.length > 0, detail: members.map((member) => member.version).join(', ') });
  const scan = await countResources(clients.etcd, resources, providerName, { signal: context.signal });
  for (const [resource, counts] of Object.entries(scan.resources)) checks.push(checkCounts(context, resource, counts, configs));
  const evidence = { checks, resources: scan.resources, revision: Number(scan.revision), at: context.now().toISOString() };
  const failed = checks.filter((check) => !check.ok);
  if (failed.length === 0) return evidence;
  const message = failed.map((check) => `${check.check}: ${check.detail}`).join('; ');
  throw new StepFailure(new RootwardError('PREFLIGHT_REFUSED', { message }), evidence);
}

/** One that is just being started again is no reason to refuse; one that stays away is, and the checks say so. */
async function giveTimeToStart(context: StepContext, clients: OpenClients): Promise<void> {
  const { signal, now } = context;
  const areReady = async () => {
    for (const kube of clients.kube.values()) if (!(await kube.isReady(signal))) return false;
    return true;
  };
  await waitUntil(areReady, { timeoutMs: START_MS, intervalMs: 200, signal, now });
}

async function checkApiserver(context: StepContext, instance: ApiserverInstance, kube: KubeClient | undefined): Promise<Check[]> {
  const name = `kube-apiserver ${instance.url}`;
  const ready = (await kube?.isReady(context.signal)) ?? false;
  const checks = [{ check: `${name} ready`, ok: ready, detail: ready ? 'ok' : 'it does not answer /readyz with ok' }];
  checks.push(checkFlag(name, instance));
  if (kube === undefined || !ready) return checks;
  const { date } = await kube.send({ method: 'GET', path: '/version', signal: context.signal });
  checks.push(checkSkew(`${name} clock`, date === undefined ? undefined : date.getTime() - context.now().getTime()));
  return checks;
}

/** The flag must be there already: enabling replaces a file and never changes a command line. */
function checkFlag(name: string, instance: ApiserverInstance): Check {
  const check = `${name} flag`;
  if (instance.process === null) return { check, ok: false, detail: 'it is not running' };
  const commandLine = readFileSync(`/proc/${instance.process.pid}/cmdline`, 'utf8').split('\0').join(' ');
  const ok = commandLine.includes('--encryption-provider-config') && commandLine.includes(instance.configPath);
  return { check, ok, detail: ok ? instance.configPath : `it runs without --encryption-provider-config=${instance.configPath}` };
}

function checkConfig(context: StepContext, instance: ApiserverInstance, configs: (EncryptionConfiguration | undefined)[]): Check {
  const check = `configuration ${instance.configPath}`;
  const { providerName, resources } = context.parameters;
  try {
    const config = readConfig(instance);
    configs.push(config);
    if (config === undefined) return { check, ok: false, detail: 'the file does not exist' };
    // Every later configuration is made from this one, so a refusal must come now.
    arrange(config, resources, { name: providerName, socketPath: socketOf(context, instance) }, 'write');
    return { check, ok: true, detail: 'valid' };
  } catch (error) {
    if (error instanceof RootwardError) return { check, ok: false, detail: error.message };
    throw error;
  }
}

function checkSkew(check: string, skewMs: number | undefined): Check {
  if (skewMs === undefined) return { check, ok: true, detail: 'not told' };
  return { check, ok: Math.abs(skewMs) < MAX_SKEW_MS, detail: `${Math.round(skewMs / 1000)} s apart` };
}

/** What is in etcd must be readable by what is configured, and keys of ours must be known to the server. */
function checkCounts(
  context: StepContext,
  resource: string,
  counts: ResourceCounts,
  configs: readonly (EncryptionConfiguration | undefined)[],
): Check {
  const check = `objects of ${resource}`;
  const { keyId, oldKeyIds, providerName } = context.parameters;
  const foreign = Object.keys(counts.other).filter((name) => !configs.every((config) => canRead(config, resource, name)));
  if (foreign.length > 0)
    return { check, ok: false, detail: `some are sealed by ${foreign.join(', ')}, which the configuration does not name` };
  const ids = Object.keys(counts.byKeyId);
  if (ids.length > 0 && !configs.every((config) => canRead(config, resource, `kms:v2:${providerName}:`))) {
    return { check, ok: false, detail: `some are sealed by ${providerName}, which the configuration does not name` };
  }
  const unknown = oldKeyIds === undefined ? [] : ids.filter((id) => id !== keyId && !oldKeyIds.includes(id));
  if (unknown.length > 0)
    return { check, ok: false, detail: `some are under key ids that the server does not know: ${unknown.join(', ')}` };
  return { check, ok: true, detail: `${counts.total}, of which ${counts.plaintext} plain` };
}

function canRead(config: EncryptionConfiguration | undefined, resource: string, name: string): boolean {
  const providers = config?.resources.find(({ resources }) => resources.includes(resource))?.providers ?? [];
  const [transformer, version, provider] = name.split(':');
  return providers.some((element) => {
    if (transformer === 'kms') return element.kms?.name === provider && (element.kms?.apiVersion ?? 'v1') === version;
    const local =
      transformer === 'aescbc'
        ? element.aescbc
        : transformer === 'aesgcm'
          ? element.aesgcm
          : transformer === 'secretbox'
            ? element.secretbox
            : undefined;
    return local?.keys.some((key) => key.name === version) ?? false;
  });
}
