import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FUZZ_MS, FUZZ_RUNS } from '../../../contract/testkit/fuzz-runs.ts';
import { Barrier } from '../../../crypto/barrier.ts';
import { SecretBytes } from '../../../crypto/secret-bytes.ts';
import { type Attempt, openAttempt, sealAttempt } from './attempt.ts';
import { createUsedAttempts } from './used-attempts.ts';

const barrier = new Barrier(SecretBytes.random(32));
const attempt: Attempt = {
  provider: 'corp',
  returnTo: 'console',
  state: 's',
  nonce: 'n',
  verifier: 'secret verifier',
  until: 1000,
};

test('an attempt opens until it is over, with the barrier that sealed it, and shows nothing before', () => {
  const sealed = sealAttempt(barrier, attempt);
  expect(openAttempt(barrier, sealed, 999)).toEqual(attempt);
  expect(openAttempt(barrier, sealed, 1000)).toBeUndefined();
  expect(openAttempt(new Barrier(SecretBytes.random(32)), sealed, 0)).toBeUndefined();
  expect(Buffer.from(sealed, 'base64url').includes('verifier')).toBe(false);
});

test('nothing else opens, and nothing throws', { timeout: FUZZ_MS }, () => {
  const sealed = sealAttempt(barrier, attempt);
  const damaged = fc
    .tuple(fc.nat(sealed.length - 1), fc.constantFrom('A', 'Z', 'a', 'z', '0', '9', '-', '_'))
    .map(([at, letter]) => ({
      text: sealed.slice(0, at) + letter + sealed.slice(at + 1),
      isSame: Buffer.from(sealed.slice(0, at) + letter + sealed.slice(at + 1), 'base64url').equals(
        Buffer.from(sealed, 'base64url'),
      ),
    }));
  fc.assert(
    fc.property(
      fc.oneof(
        damaged,
        fc.string({ maxLength: 300 }).map((text) => ({ text, isSame: false })),
      ),
      ({ text, isSame }) => {
        expect(openAttempt(barrier, text, 0)).toEqual(isSame ? attempt : undefined);
      },
    ),
    { numRuns: FUZZ_RUNS },
  );
});

test('an attempt is used once, unless the provider was not heard, and forgotten when it would be over', () => {
  const used = createUsedAttempts(2);
  const use = (state: string, now: number) => used.use({ provider: 'corp', state }, now);
  expect([use('a', 0), use('a', 1)]).toEqual([true, false]);
  used.giveBack({ provider: 'corp', state: 'a' });
  expect([use('a', 2), use('b', 3)]).toEqual([true, true]);
  expect(() => use('c', 4)).toThrow(expect.objectContaining({ code: 'OVERLOADED' }));
  expect(used.use({ provider: 'other', state: 'c' }, 4)).toBe(true);
  expect(use('c', 300_002)).toBe(true);
});
