import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSealCount, MOST_SEALS } from '../local-kek/seal-count.ts';
import { openNodeState } from './node-state.ts';

let directory: string;
const file = (): string => join(directory, 'kms-plugin.json');
const keyId = `rw1.${'a'.repeat(40)}`;
const localKek = { epoch: 0, number: 1, keyId, instanceId: 'i', rootKeyId: 'k', wrapped: 'AAAA', seals: 0 };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kms-state-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('what was saved is there after a restart, for the owner only', () => {
  const state = openNodeState(directory, 'c1');
  state.save({ highWater: { epoch: 1, number: 2, keyId } });
  state.save({ localKek });
  expect(openNodeState(directory, 'c1').current()).toEqual({
    format: 1,
    clusterId: 'c1',
    highWater: { epoch: 1, number: 2, keyId },
    localKek,
  });
  expect(statSync(file()).mode & 0o777).toBe(0o600);
});

test('the state of another cluster is refused by name', () => {
  openNodeState(directory, 'c1').save({ localKek });
  expect(() => openNodeState(directory, 'c2')).toThrow(/belongs to cluster c1/);
});

test('a damaged file is refused with the field that is wrong', () => {
  openNodeState(directory, 'c1').save({ localKek });
  const good = readFileSync(file(), 'utf8');
  for (const [from, to, message] of [
    ['"format":1', '"format":2', /format/],
    ['"number":1', '"number":-1', /localKek\.number/],
    ['"seals":0', '"seals":0,"more":1', /localKek\.more is not a known field/],
    ['}', '', /not JSON/],
  ] as const) {
    writeFileSync(file(), good.replace(from, to));
    expect(() => openNodeState(directory, 'c1'), to).toThrow(message);
  }
});

test('seals are counted over restarts: a KEK never seals more than its limit', () => {
  const state = openNodeState(directory, 'c1');
  state.save({ localKek });
  let seals = 0;
  expect(() => {
    for (;;) {
      const count = createSealCount(openNodeState(directory, 'c1'));
      for (let each = 0; each < 5000; each += 1, seals += 1) count.next();
    }
  }).toThrow(/used up/);
  expect(seals).toBeLessThanOrEqual(MOST_SEALS);
  expect(createSealCount(openNodeState(directory, 'c1')).nearlyUsedUp()).toBe(true);
});

test('the count of a replaced KEK is not written over the new one', () => {
  const state = openNodeState(directory, 'c1');
  state.save({ localKek });
  const count = createSealCount(state);
  state.save({ localKek: { ...localKek, wrapped: 'BBBB' } });
  expect(() => count.next()).toThrow(/replaced/);
  expect(state.current().localKek?.seals).toBe(0);
});
