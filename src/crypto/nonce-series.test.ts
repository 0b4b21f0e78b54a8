import { createSecretKey, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { NoncePool } from './nonce-pool.ts';
import { NonceSeries } from './nonce-series.ts';
import { parseCiphertext, wrapDek } from './wrap-ciphertext.ts';

function halves(nonces: readonly Buffer[]) {
  const count = (texts: readonly string[]) => {
    const times = new Map<string, number>();
    for (const text of texts) times.set(text, (times.get(text) ?? 0) + 1);
    return [...times.values()];
  };
  return {
    first: count(nonces.map((nonce) => nonce.subarray(0, 12).toString('hex'))),
    second: count(nonces.map((nonce) => nonce.subarray(12).toString('hex'))),
  };
}

test('a first half serves 4096 nonces, a second half one', () => {
  const series = new NonceSeries(new NoncePool());
  const { first, second } = halves(Array.from({ length: 10_000 }, () => series.next()));
  expect(first).toEqual([4096, 4096, 1808]);
  expect(second).toHaveLength(10_000);
});

test('series out of one pool have nothing in common', () => {
  const pool = new NoncePool();
  const [a, b] = [new NonceSeries(pool), new NonceSeries(pool)];
  const { first, second } = halves(Array.from({ length: 5000 }, () => [a.next(), b.next()]).flat());
  expect(first).toEqual([4096, 4096, 904, 904]);
  expect(second).toHaveLength(10_000);
});

test('every key wraps in a series of its own', () => {
  const dek = randomBytes(32);
  const versions = ['v1', 'v2'].map((id) => ({ id, key: createSecretKey(randomBytes(32)) }));
  const nonces = Array.from({ length: 40 }, (_, index) => versions[index % 2])
    .filter((version) => version !== undefined)
    .map((version) => parseCiphertext(wrapDek(version, dek, [], undefined)).nonce);
  const { first, second } = halves(nonces);
  expect(first).toEqual([20, 20]);
  expect(second).toHaveLength(40);
});
