import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyIdFromBytes } from '../../contract/agents/key-id.ts';
import { RootwardError } from '../../contract/errors.ts';
import { FUZZ_MS, FUZZ_RUNS } from '../../contract/testkit/fuzz-runs.ts';
import { BLOB_MAX_BYTES, decodeBlob, encodeBlob, wrappedKek } from './blob.ts';
import { openData, sealData } from './seal.ts';

const CLUSTER = 'c0ffee';
const key = createSecretKey(Buffer.alloc(32, 7));

/** What the key service answers: base64 of JSON. */
const answer = (ivBytes = 24, ciphertextBytes = 48): string =>
  Buffer.from(
    JSON.stringify({
      ciphertext: randomBytes(ciphertextBytes).toString('base64'),
      iv: randomBytes(ivBytes).toString('base64'),
      version: '4.0.0',
      handle: randomUUID(),
    }),
  ).toString('base64');

const kek = (wrapped = answer()) =>
  wrappedKek({
    epoch: 1,
    number: 0xffffffff,
    keyId: keyIdFromBytes(randomBytes(25)),
    instanceId: randomUUID(),
    rootKeyId: randomUUID(),
    wrapped,
  });
const seal = (plaintext: Uint8Array, wrapped?: string): Buffer => sealData(key, kek(wrapped), CLUSTER, plaintext, randomBytes);
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'OK';
  } catch (error) {
    if (error instanceof RootwardError) return error.code;
    throw error;
  }
};

/** Format 1 as it was released: sealed under 32 bytes of 7 for cluster c0ffee. Blobs like it are in etcd for ever. */
const GOLDEN =
  '010000000100000002fa5b07a504f74994e8431a936d434f171599fc3e2bd61af69b444444444444444484444444444444445555555555' +
  '5545558555555555555555005e010372773133333333333343338333333333333333182222222222222222222222222222222222222222' +
  '22222222111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111666666' +
  '666666666666666666fedc59f854804e0170780b98a2fc294d679cee23721f12241f5a9f77053e9d971f0e248af5272db8201cd61c2b6e' +
  '8b3a';

test('the released format opens for ever', () => {
  const blob = decodeBlob(Buffer.from(GOLDEN, 'hex'));
  expect(openData(key, blob, CLUSTER).toString()).toBe('a seed of thirty-two bytes, here');
  expect(blob.kek).toMatchObject({
    epoch: 1,
    number: 2,
    keyId: 'rw1.7jnqpjie65ezj2cddkjw2q2pc4kzt7b6fplbv5u3',
    instanceId: '44444444-4444-4444-8444-444444444444',
    rootKeyId: '55555555-5555-4555-8555-555555555555',
  });
  expect(JSON.parse(Buffer.from(blob.kek.wrapped, 'base64').toString())).toEqual({
    ciphertext: Buffer.alloc(48, 0x11).toString('base64'),
    iv: Buffer.alloc(24, 0x22).toString('base64'),
    version: 'rw1',
    handle: '33333333-3333-4333-8333-333333333333',
  });
});

test('a blob says where it came from and opens to what was sealed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (plaintext) => {
      const made = kek();
      const blob = decodeBlob(sealData(key, made, CLUSTER, plaintext, randomBytes));
      expect(blob.kek).toEqual(made);
      expect(openData(key, blob, CLUSTER)).toEqual(Buffer.from(plaintext));
    }),
  );
});

test("an apiserver's seed takes at most 512 bytes, also where the wrapped key has an unknown form", () => {
  expect(seal(randomBytes(32)).length).toBeLessThan(260);
  expect(seal(randomBytes(32), randomBytes(200).toString('base64')).length).toBeLessThanOrEqual(BLOB_MAX_BYTES);
});

test('data that does not fit is refused before anything is stored', () => {
  expect(codeOf(() => seal(randomBytes(512)))).toBe('INVALID_FIELD');
  expect(codeOf(() => seal(Buffer.alloc(0)))).toBe('INVALID_FIELD');
  expect(() => kek(randomBytes(420).toString('base64'))).toThrow(RangeError);
});

test('every flip of a single bit is refused', () => {
  const bytes = seal(randomBytes(32));
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const changed = Buffer.from(bytes);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const code = codeOf(() => openData(key, decodeBlob(changed), CLUSTER));
    expect(['BLOB_INVALID', 'BLOB_DAMAGED'], `bit ${bit}`).toContain(code);
  }
});

test('every truncation and every extension is refused', () => {
  const bytes = seal(randomBytes(32));
  for (let length = 0; length < bytes.length; length += 1)
    expect(codeOf(() => openData(key, decodeBlob(bytes.subarray(0, length)), CLUSTER))).not.toBe('OK');
  expect(codeOf(() => openData(key, decodeBlob(Buffer.concat([bytes, Buffer.of(0)])), CLUSTER))).toBe('BLOB_DAMAGED');
});

test('a blob of one cluster does not open in another', () => {
  expect(codeOf(() => openData(key, decodeBlob(seal(randomBytes(32))), 'other'))).toBe('BLOB_DAMAGED');
});

describe('the decoder', () => {
  test('answers BLOB_INVALID or a blob with exactly these bytes, for any bytes', { timeout: FUZZ_MS }, () => {
    const nearly = fc.tuple(fc.nat(200), fc.uint8Array({ maxLength: 40 })).map(([at, bytes]) => {
      const blob = seal(Buffer.alloc(32));
      blob.set(bytes.subarray(0, Math.max(0, blob.length - at)), Math.min(at, blob.length));
      return blob;
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 600 }), nearly), (bytes) => {
        let blob: ReturnType<typeof decodeBlob>;
        try {
          blob = decodeBlob(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RootwardError);
          expect((error as RootwardError).code).toBe('BLOB_INVALID');
          return;
        }
        expect(encodeBlob(blob)).toEqual(Buffer.from(bytes));
        expect(wrappedKek(blob.kek).header).toEqual(blob.kek.header);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});
