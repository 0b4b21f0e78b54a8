/** The four configurations through which a cluster moves, each made from the one that is in force. */
import { RootwardError } from '../../contract/errors.ts';
import type { EncryptionConfiguration, Provider } from './encryption-config.ts';

/**
 * `identity`: without our provider (what was there before it; identity if nothing was) · `read-everywhere`: ours can read,
 * the others write · `write`: ours writes, the others read · `finish`: ours alone.
 */
export type Arrangement = 'identity' | 'read-everywhere' | 'write' | 'finish';

export const ARRANGEMENTS: readonly Arrangement[] = ['identity', 'read-everywhere', 'write', 'finish'];

export interface OurProvider {
  readonly name: string;
  readonly socketPath: string;
}

/**
 * @param current the configuration in force, or undefined where there is none yet
 * @throws RootwardError ENCRYPTION_CONFIG if the resources are covered by a list that also covers others
 */
export function arrange(
  current: EncryptionConfiguration | undefined,
  resources: readonly string[],
  ours: OurProvider,
  arrangement: Arrangement,
): EncryptionConfiguration {
  const entries = current?.resources ?? [];
  const covering = entries.find((entry) => entry.resources.some((name) => resources.includes(name)));
  if (covering !== undefined && !sameNames(covering.resources, resources)) {
    throw new RootwardError('ENCRYPTION_CONFIG', {
      message: `The EncryptionConfiguration covers ${resources.join(', ')} together with other resources.`,
      hint: `Give ${resources.join(', ')} an entry of their own.`,
    });
  }
  const others = (covering?.providers ?? [{ identity: {} }]).filter((provider) => provider.kms?.name !== ours.name);
  const entry = { resources: [...resources], providers: order(others, ourElement(ours), arrangement) };
  const rest = entries.filter((other) => other !== covering);
  return { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'EncryptionConfiguration', resources: [entry, ...rest] };
}

/** Which provider writes the resource, as kube-apiserver decides it. */
export function writingProvider(config: EncryptionConfiguration | undefined, resource: string): Provider {
  const entry = config?.resources.find(({ resources }) => resources.includes(resource));
  return entry?.providers[0] ?? { identity: {} };
}

/** Can this configuration read what the named KMS provider wrote? */
export function readsWith(config: EncryptionConfiguration | undefined, resource: string, providerName: string): boolean {
  const entry = config?.resources.find(({ resources }) => resources.includes(resource));
  return entry?.providers.some((provider) => provider.kms?.name === providerName) ?? false;
}

function order(others: readonly Provider[], ours: Provider, arrangement: Arrangement): Provider[] {
  // An entry whose other providers are gone already has nothing but identity to go back to.
  const before = others.length === 0 ? [{ identity: {} }] : [...others];
  switch (arrangement) {
    case 'identity':
      return before;
    case 'read-everywhere':
      return [...before, ours];
    case 'write':
      return [ours, ...before];
    case 'finish':
      return [ours];
  }
}

function ourElement(ours: OurProvider): Provider {
  return { kms: { apiVersion: 'v2', name: ours.name, endpoint: `unix://${ours.socketPath}`, timeout: '3s' } };
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name) => other.includes(name));
}
