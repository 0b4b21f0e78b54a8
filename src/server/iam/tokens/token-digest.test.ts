import { hash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTokenDigests } from './token-digest.ts';

test('a token has its own hash, whatever came by its connection before', () => {
  const token = fc.constantFrom('a', 'b', 'a.b.c', 'a.b.d', 'A.b.c');
  const uses = fc.array(fc.record({ token, connection: fc.option(fc.nat(2), { nil: undefined }) }), { maxLength: 30 });
  fc.assert(
    fc.property(uses, (some) => {
      const digestOf = createTokenDigests();
      const connections = [{}, {}, {}];
      for (const use of some) {
        const connection = use.connection === undefined ? undefined : connections[use.connection];
        expect(digestOf(use.token, connection)).toBe(hash('sha256', use.token, 'base64url'));
      }
    }),
  );
});
