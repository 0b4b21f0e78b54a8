import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RootwardError } from '../contract/errors.ts';
import { FUZZ_MS, FUZZ_RUNS } from '../contract/testkit/fuzz-runs.ts';
import { reveal } from './reveal.ts';
import { MAX_DEK_BYTES, parseCiphertext, unwrapDek, type VersionKey, wrapDek } from './wrap-ciphertext.ts';

const version: VersionKey = { id: randomUUID(), key: createSecretKey(randomBytes(32)) };
const dek = randomBytes(32);
const invalid = expect.objectContaining({ code: 'CIPHERTEXT_INVALID' });
const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const open = (blob: string, aad: readonly string[], domain?: string, by = version): string =>
  reveal(unwrapDek(by, parseCiphertext(blob), aad, domain)).toString('hex');

/** The code of the error that `fn` throws; anything but a RootwardError fails the test. */
function codeOf(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    if (error instanceof RootwardError) return error.code;
    throw error;
  }
  return 'no error';
}

describe('a wrapped DEK', () => {
  it('opens with the same version, AAD and domain', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 600 });
    fc.assert(
      fc.property(bytes, fc.array(text, { maxLength: 4 }), fc.option(text, { nil: undefined }), (plain, aad, domain) => {
        expect(open(wrapDek(version, plain, aad, domain), aad, domain)).toBe(Buffer.from(plain).toString('hex'));
      }),
    );
  });

  it('is base64 of JSON as the published clients show it', () => {
    const blob = wrapDek(version, dek, [], undefined);
    expect(blob).toMatch(/^eyJjaXBoZXJ0ZXh0Ijoi/);
    const fields = JSON.parse(Buffer.from(blob, 'base64').toString());
    expect(Object.keys(fields)).toEqual(['ciphertext', 'iv', 'version', 'handle']);
    expect(fields.handle).toBe(version.id);
    expect(blob.length).toBeLessThanOrEqual(256);
  });

  it('fails alike, to the last word, for another key, version, AAD, domain or a changed bit', () => {
    const blob = wrapDek(version, dek, ['a'], 'd');
    const parsed = parseCiphertext(blob);
    const flipped = Buffer.from(parsed.sealed);
    flipped.writeUInt8(flipped.readUInt8(0) ^ 1, 0);
    const otherKey = { ...version, key: createSecretKey(randomBytes(32)) };
    const failures = [
      () => unwrapDek(otherKey, parsed, ['a'], 'd'),
      () => unwrapDek({ ...version, id: randomUUID() }, parsed, ['a'], 'd'),
      () => unwrapDek(version, parsed, ['b'], 'd'),
      () => unwrapDek(version, parsed, ['\ud800'], 'd'),
      () => unwrapDek(version, parsed, ['a'], 'e'),
      () => unwrapDek(version, parsed, ['a'], undefined),
      () => unwrapDek(version, { ...parsed, sealed: flipped }, ['a'], 'd'),
    ];
    const seen = failures.map((attempt) => {
      try {
        attempt();
      } catch (error) {
        return error instanceof RootwardError ? `${error.code} ${error.message} ${error.hint} ${error.target}` : 'other error';
      }
      return 'opened';
    });
    expect(new Set(seen).size).toBe(1);
    expect(seen[0]).toMatch(/^CIPHERTEXT_INVALID /);
  });

  it('does not open after the change of any single bit of its text', () => {
    const blob = Buffer.from(wrapDek(version, dek, ['a'], 'd'), 'latin1');
    for (let bit = 0; bit < blob.length * 8; bit += 1) {
      const changed = Buffer.from(blob);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(codeOf(() => open(changed.toString('latin1'), ['a'], 'd'))).toMatch(/^(CIPHERTEXT_INVALID|INVALID_FIELD)$/);
    }
  });

  it('does not open after the change of any single bit of what it contains', () => {
    const parsed = parseCiphertext(wrapDek(version, dek, ['a'], 'd'));
    for (const field of ['sealed', 'nonce'] as const) {
      for (let bit = 0; bit < parsed[field].length * 8; bit += 1) {
        const changed = Buffer.from(parsed[field]);
        changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(() => unwrapDek(version, { ...parsed, [field]: changed }, ['a'], 'd')).toThrow(invalid);
      }
    }
  });

  it('keeps lists of AAD apart that join to the same text', () => {
    const lists = fc.tuple(fc.array(text, { maxLength: 4 }), fc.array(text, { maxLength: 4 }));
    fc.assert(
      fc.property(lists, ([a, b]) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        expect(() => open(wrapDek(version, dek, a, undefined), b)).toThrow(invalid);
      }),
    );
    for (const [a, b] of [
      [['ab'], ['a', 'b']],
      [
        ['a', 'bc'],
        ['ab', 'c'],
      ],
      [[], ['']],
      [['a'], ['a', '']],
    ] as const) {
      expect(() => open(wrapDek(version, dek, a, undefined), b)).toThrow(invalid);
    }
    expect(() => open(wrapDek(version, dek, ['a', 'd'], undefined), ['a'], 'd')).toThrow(invalid);
  });

  it('names the field that cannot be wrapped', () => {
    const target = (name: string): unknown => expect.objectContaining({ code: 'INVALID_FIELD', target: { type: 'field', name } });
    expect(() => wrapDek(version, Buffer.alloc(MAX_DEK_BYTES + 1), [], undefined)).toThrow(target('plaintext'));
    expect(() => wrapDek(version, Buffer.alloc(0), [], undefined)).toThrow(target('plaintext'));
    expect(() => wrapDek(version, dek, ['\ud800'], undefined)).toThrow(target('aad'));
  });
});

describe('parseCiphertext', () => {
  it('answers any text with a blob that writes back to it, CIPHERTEXT_INVALID or INVALID_FIELD', { timeout: FUZZ_MS }, () => {
    const good = wrapDek(version, dek, [], undefined);
    const json = Buffer.from(good, 'base64').toString('latin1');
    const damaged = fc.tuple(fc.nat(json.length), fc.nat(8), fc.string({ maxLength: 8 })).map(([at, cut, put]) => {
      return Buffer.from(json.slice(0, at) + put + json.slice(at + cut), 'latin1').toString('base64');
    });
    const anything = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.string().map((s) => Buffer.from(s).toString('base64')),
      damaged,
    );
    fc.assert(
      fc.property(anything, (input) => {
        const code = codeOf(() => parseCiphertext(input));
        if (code === 'no error' && input !== good) {
          // Parsed, so it has the form; it must still not open.
          expect(() => open(input, [])).toThrow(invalid);
        } else if (input !== good) {
          expect(['CIPHERTEXT_INVALID', 'INVALID_FIELD']).toContain(code);
        }
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  it('refuses a very long text without reading it', () => {
    expect(codeOf(() => parseCiphertext('A'.repeat(4 << 20)))).toBe('CIPHERTEXT_INVALID');
  });
});
