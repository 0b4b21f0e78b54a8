import { describe, expect, test } from 'vitest';
import { RootwardError } from '../../../../contract/errors.ts';
import { createGuessLimit } from './guess-limit.ts';
import { networkOf } from './network-of.ts';

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
  ['::1', '::1'],
  ['unix', 'unix'],
  ['', ''],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0DB8:0:0:ffff::2', '2001:db8:0:0::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

describe('whoever has a whole IPv6 network', () => {
  const address = (n: number) => `2001:db8:0:7::${n.toString(16)}`;

  test('guesses no more secrets by taking another address for each', () => {
    const guesses = createGuessLimit();
    const error = new RootwardError('API_KEY_NOT_FOUND');
    const codes = Array.from({ length: 101 }, (_, n) => guesses.wrong(address(n), 1, error).code);
    expect([codes[99], codes[100]]).toEqual(['API_KEY_NOT_FOUND', 'OVERLOADED']);
    expect(guesses.wrong('2001:db8:0:8::1', 1, error).code).toBe('API_KEY_NOT_FOUND');
  });

  test('guesses no more passwords of a person by that', () => {
    const { passwords } = createGuessLimit();
    const tries = Array.from({ length: 8 }, (_, n) => passwords.begin('ada@example.com', address(n), 1)?.code);
    expect(tries.at(-1)).toBe('OVERLOADED');
    passwords.right('ada@example.com', address(99));
    expect(passwords.begin('ada@example.com', address(1), 1)).toBeUndefined();
  });
});
