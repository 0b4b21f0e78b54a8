import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Activation, PluginState } from './plugin-state.ts';
import { type HighWater, nextSnapshot, publicKeyId } from './snapshot.ts';

const activation = (epoch: number, number: number, status: Activation['status'] = 'active', nonce = 'a'): Activation => ({
  epoch,
  number,
  nonce: nonce.repeat(32),
  instanceId: randomUUID(),
  keyId: randomUUID(),
  keyVersionId: randomUUID(),
  status,
});
const state = (...activations: Activation[]): PluginState => ({
  serverId: 's',
  revision: '1',
  cluster: { id: 'c', crn: 'crn', encryptionDomainHash: 'h' },
  kekLeaseSeconds: 3600,
  activations,
  keys: [],
});
const seen = (each: Activation): HighWater => ({ epoch: each.epoch, number: each.number, keyId: publicKeyId(each) });

test('the active activation becomes the high-water mark, every other one stays known', () => {
  const [old, active, prepared] = [activation(0, 1, 'retired'), activation(0, 2), activation(0, 3, 'prepared')];
  const next = nextSnapshot(state(old, active, prepared), undefined);
  expect(next).toMatchObject({ highWater: seen(active) });
  expect('accepted' in next && [...next.accepted.known.keys()]).toEqual([old, active, prepared].map(publicKeyId));
  expect('accepted' in next && next.accepted.active?.number).toBe(2);
});

test('a later number, and a later epoch with any number, are taken over', () => {
  const mark = seen(activation(1, 7));
  expect(nextSnapshot(state(activation(1, 8)), mark)).toHaveProperty('accepted');
  expect(nextSnapshot(state(activation(2, 1)), mark)).toHaveProperty('accepted');
});

test('an earlier number or epoch is refused, whatever else the server says', () => {
  const mark = seen(activation(1, 7));
  for (const [epoch, number] of [
    [1, 6],
    [0, 99],
  ] as const) {
    expect(nextSnapshot(state(activation(epoch, number)), mark)).toHaveProperty('refused');
  }
});

test('the same position with another nonce is another activation, and refused', () => {
  const first = activation(1, 7);
  expect(nextSnapshot(state(first), seen(first))).toHaveProperty('accepted');
  expect(nextSnapshot(state({ ...first, nonce: 'b'.repeat(32) }), seen(first))).toHaveProperty('refused');
});

test('two active activations are refused', () => {
  expect(nextSnapshot(state(activation(0, 1), activation(0, 2)), undefined)).toHaveProperty('refused');
});

test('no active activation keeps the high-water mark', () => {
  const mark = seen(activation(1, 7));
  expect(nextSnapshot(state(), mark)).toMatchObject({ accepted: { active: undefined }, highWater: mark });
});
