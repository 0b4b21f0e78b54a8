import type { InstancePolicyRow } from '../kms/instance-policies.ts';
import type { Tx } from '../store.ts';

/**
 * What one transaction of changes has read of itself, so that each of its changes need not read it again. Whoever changes such a row
 * in a change takes it out of here; a change that is undone empties it.
 */
export interface BatchMemory {
  /** By instance. */
  readonly instancePolicies: Map<string, readonly InstancePolicyRow[]>;
  /** How many keys an instance has. */
  readonly keyCounts: Map<string, number>;
}

const memories = new WeakMap<Tx, BatchMemory>();

export const createBatchMemory = (): BatchMemory => ({ instancePolicies: new Map(), keyCounts: new Map() });

export function forgetAll({ instancePolicies, keyCounts }: BatchMemory): void {
  instancePolicies.clear();
  keyCounts.clear();
}

/** That of the transaction which the change `tx` is a part of; for any other transaction an empty one. */
export const memoryOf = (tx: Tx): BatchMemory => memories.get(tx) ?? createBatchMemory();

export const giveMemory = (tx: Tx, memory: BatchMemory): void => void memories.set(tx, memory);
