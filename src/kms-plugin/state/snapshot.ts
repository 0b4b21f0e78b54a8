import { createHash } from 'node:crypto';
import { activationKeyId, compareActivations } from '../../contract/agents/key-id.ts';
import type { Activation, PluginState } from './plugin-state.ts';

/** The newest activation that this node ever saw active. */
export interface HighWater {
  readonly epoch: number;
  readonly number: number;
  readonly keyId: string;
}

export interface NamedActivation extends Activation {
  /** The `key_id` that kube-apiserver sees; `keyId` is the root key's UUID. */
  readonly publicKeyId: string;
}

/** One immutable view of the cluster's activations; replaced as a whole. */
export interface Snapshot {
  readonly active: NamedActivation | undefined;
  /** Every activation whose data may still exist, by its public key id. */
  readonly known: ReadonlyMap<string, NamedActivation>;
}

export type NextSnapshot =
  | { readonly accepted: Snapshot; readonly highWater: HighWater | undefined }
  /** The server offers an activation that is older than one seen before, or another one in its place. */
  | { readonly refused: string };

/** The snapshot that a state reply makes, unless it would go back. */
export function nextSnapshot(state: PluginState, highWater: HighWater | undefined): NextSnapshot {
  const named = state.activations.map((activation) => ({ ...activation, publicKeyId: publicKeyId(activation) }));
  const known = new Map(named.map((activation) => [activation.publicKeyId, activation]));
  const actives = named.filter(({ status }) => status === 'active');
  const [active] = actives;
  if (actives.length > 1) return { refused: 'the server names more than one active activation' };
  if (active === undefined) return { accepted: { active, known }, highWater };
  const position = { epoch: active.epoch, number: active.number, keyId: active.publicKeyId };
  if (highWater === undefined) return { accepted: { active, known }, highWater: position };
  const order = compareActivations(position, highWater);
  if (order < 0) return { refused: `the server offers activation ${at(position)}, but ${at(highWater)} was seen before` };
  if (order === 0 && position.keyId !== highWater.keyId)
    return { refused: `the server offers another activation ${at(position)} than the one seen before` };
  return { accepted: { active, known }, highWater: position };
}

/** The public key id of an activation. */
export function publicKeyId(activation: Activation): string {
  return activationKeyId(activation, (bytes) => createHash('sha256').update(bytes).digest());
}

function at({ epoch, number }: { epoch: number; number: number }): string {
  return `${epoch}.${number}`;
}
