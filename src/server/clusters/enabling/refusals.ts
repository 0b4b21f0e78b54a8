import { RootwardError } from '../../../contract/errors.ts';
import { effectiveState } from '../../../contract/keys/effective-state.ts';
import { KEY_STATE, KEY_STATE_NAMES } from '../../../contract/keys/key-states.ts';
import { VERDICT_VIEWS } from '../../../contract/views/cluster-texts.ts';
import type { ClusterRow } from '../../../store/clusters/clusters.ts';
import type { RunRow } from '../../../store/clusters/runs.ts';
import type { OwnerFacts } from '../api-key-owners/owner-rights.ts';
import type { KeyFacts } from './key-facts.ts';
import { wrongOwner } from './wrong-owner.ts';

export interface EnableRequest {
  readonly instanceId: string;
  readonly keyId: string;
  /** The account that owns the KMS instance. */
  readonly accountId: string;
  readonly privateEndpoint: boolean;
  readonly force: boolean;
  /** Why the cluster may read by expired keys while it moves to this one. */
  readonly breakGlass?: string;
}

export interface EnableFacts extends KeyFacts {
  readonly cluster: ClusterRow;
  /** The rights of the API-key owner, where they count. */
  readonly owner: OwnerFacts | undefined;
  readonly openRun: RunRow | undefined;
  readonly previous: boolean;
  /** The open run cannot end, because its key is gone for good: this request may take its place. */
  readonly supersedes: boolean;
}

const DAY_MS = 86_400_000;

/** The first reason not to enable, in the order in which the API promises them; undefined if there is none. */
export function refusalOf(request: EnableRequest, facts: EnableFacts, now: number): RootwardError | undefined {
  return (
    wrongCluster(request, facts) ??
    wrongAuthorization(request, facts) ??
    wrongOwner(request.instanceId, facts.owner) ??
    wrongKey(request, facts, now) ??
    previousKey(request, facts)
  );
}

function wrongCluster(request: EnableRequest, { cluster, openRun, supersedes }: EnableFacts): RootwardError | undefined {
  if (request.accountId !== cluster.account_id && cluster.provider === 'satellite') {
    return new RootwardError('INVALID_FIELD', {
      message: 'A satellite cluster cannot use a KMS instance of another account.',
      target: { type: 'field', name: 'account_id' },
    });
  }
  const busy = openRun !== undefined || cluster.master_state !== 'deployed';
  if ((busy && !supersedes) || cluster.desired_state === 'removed') {
    return new RootwardError('CLUSTER_BUSY', {
      hint: `Watch the master status with: rootward ks cluster get -c ${cluster.name}`,
    });
  }
  const verdict = cluster.key_verdict;
  if (verdict === 'suspended' || verdict === 'destroyed') {
    return new RootwardError('CLUSTER_SUSPENDED', {
      message: `The root key ${cluster.kms_key_id} that seals this cluster is ${VERDICT_VIEWS[verdict].label}. What it sealed cannot be moved to another key.`,
      hint: VERDICT_VIEWS[verdict].remedy,
    });
  }
  return undefined;
}

function wrongAuthorization(request: EnableRequest, { cluster, instance, authorized }: EnableFacts): RootwardError | undefined {
  const foreign = request.accountId !== cluster.account_id;
  // Whether another account has such an instance is nobody's business without its authorization.
  if (!instance && !foreign) {
    return new RootwardError('KMS_INSTANCE_UNKNOWN', {
      message: `There is no KMS instance ${request.instanceId} in this account.`,
      hint: 'List what you can use with: rootward ks kms instance ls',
    });
  }
  if (instance && authorized) return undefined;
  // What another account's instance is, is its business too.
  const service = (foreign ? undefined : instance?.service) ?? 'kms';
  const command = [
    `rootward iam authorization-policy-create containers-kubernetes ${service} Reader`,
    ...(foreign ? [`--source-service-account ${cluster.account_id}`] : []),
    `--target-service-instance-id ${request.instanceId}`,
  ].join(' ');
  return new RootwardError('SERVICE_AUTHORIZATION_MISSING', {
    message:
      `A service authorization is missing. Source: the Kubernetes Service (containers-kubernetes) of account ${cluster.account_id}; ` +
      `target: ${service}, instance ${request.instanceId} of account ${request.accountId}; role: Reader or higher.`,
    hint: foreign
      ? `In account ${request.accountId}, run: ${command} (for an instance of another KMS service, with the name of that service)`
      : `Create it with: ${command}`,
  });
}

function wrongKey(request: EnableRequest, { key }: EnableFacts, now: number): RootwardError | undefined {
  const list = `List the root keys that can be used with: rootward ks kms crk ls --instance-id ${request.instanceId}`;
  const unusable = (message: string, hint: string) => new RootwardError('ROOT_KEY_UNUSABLE', { message, hint });
  if (!key) return unusable(`The KMS instance ${request.instanceId} has no key ${request.keyId}.`, list);
  if (key.extractable === 1) {
    return unusable(`The key ${key.id} is a standard key. A cluster is protected by a root key.`, list);
  }
  const state = effectiveState(key, now);
  if (state === KEY_STATE.suspended) {
    return unusable(`The root key ${key.id} is disabled (${KEY_STATE_NAMES[state]}).`, 'Enable the key, or choose another one.');
  }
  if (state === KEY_STATE.deactivated) {
    return unusable(`The root key ${key.id} has expired (${KEY_STATE_NAMES[state]}).`, 'Create a new root key and use that.');
  }
  if (state === KEY_STATE.destroyed) {
    return unusable(`The root key ${key.id} is deleted (${KEY_STATE_NAMES[state]}).`, 'Restore the key, or choose another one.');
  }
  if (key.expires_at !== null && key.expires_at <= now + DAY_MS && !request.force) {
    return unusable(
      `The root key ${key.id} expires at ${new Date(key.expires_at).toISOString()}, in less than 24 hours.`,
      'Choose a root key that lasts longer, or repeat the command with --force.',
    );
  }
  return undefined;
}

function previousKey(request: EnableRequest, { previous }: EnableFacts): RootwardError | undefined {
  if (!previous) return undefined;
  return new RootwardError('ROOT_KEY_PREVIOUS', {
    message: `The root key ${request.keyId} protected this cluster before and was replaced. A previous root key cannot be used again for the same cluster.`,
    hint: 'Create a new root key and use that.',
  });
}
