import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { restoreKey } from '../../../contract/deletion/restore.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { createImportToken } from '../../../contract/import-tokens/create.ts';
import { getImportToken } from '../../../contract/import-tokens/get.ts';
import { deleteKey } from '../../../contract/keys/delete.ts';
import { rotateKey } from '../../../contract/keys/rotate.ts';
import { FUZZ_RUNS } from '../../../contract/testkit/fuzz-runs.ts';
import { encryptForHyperProtect, encryptForToken, oaep, type ShownToken } from '../testkit/importing-client.ts';
import { type KeyScene, openKeyScene } from '../testkit/key-scene.ts';
import { reusedKeyPair } from '../testkit/reused-key-pair.ts';

const HOUR = 3_600_000;
const material = (size: number, fill = 7) => Buffer.alloc(size, fill);

let scene: KeyScene;
let token: ShownToken;
beforeAll(async () => {
  scene = await openKeyScene({
    importKeyPairs: reusedKeyPair,
    lifecycle: { rotateIntervalSeconds: 0, restoreAfterDeleteSeconds: 0 },
  });
});
afterAll(() => scene[Symbol.asyncDispose]());
beforeEach(async () => {
  token = await newToken();
});

async function newToken(expiration = 3600): Promise<ShownToken> {
  await scene.call(createImportToken, '', { body: { expiration } });
  return (await scene.call(getImportToken, '')).output;
}
const ofService = (service: 'kms' | 'hs-crypto') =>
  scene.server.store.change(['keys', 'iam'], async (tx) => {
    await tx.updateTable('instances').set({ service }).execute();
  });
const refused = (code: string, name: string) => ({ code, target: { type: 'field', name } });

describe('a root key that is imported by token', () => {
  it.each([16, 24, 32])('of %i bytes is the key of its plain import: what one wrapped, the other unwraps', async (size) => {
    const { id, imported, keyVersion } = await scene.addKey(encryptForToken(token, material(size)));
    expect(imported).toBe(true);
    const ciphertext = await scene.wrap(id);
    expect((await scene.unwrap(id, ciphertext)).plaintext).toBe('AAAA');
    // The material itself is compared when a client brings it to a restore.
    await scene.call(deleteKey, id);
    const body = { payload: material(size).toString('base64') };
    expect((await scene.call(restoreKey, id, { body })).output.resources[0]).toMatchObject({ state: 1, keyVersion });
  });

  it('needs no algorithm by name, and the token also after its last retrieval, any number of times until it expires', async () => {
    const { encryptionAlgorithm: _, ...encrypted } = encryptForToken(token, material(32));
    await scene.addKey(encrypted);
    await scene.addKey(encrypted);
    await expect(scene.call(getImportToken, '')).rejects.toMatchObject({ code: 'IMPORT_TOKEN_EXPIRED' });
    await scene.addKey(encryptForToken(token, material(32, 8)));
    await scene.advance(HOUR);
    await expect(scene.addKey(encrypted)).rejects.toMatchObject({ code: 'IMPORT_TOKEN_EXPIRED' });
  });

  it('is rotated by token to another size, and its old ciphertext still opens', async () => {
    const { id } = await scene.addKey(encryptForToken(token, material(16)));
    const old = await scene.wrap(id);
    await scene.call(rotateKey, id, { body: encryptForToken(token, material(32)) });
    const shown = await scene.unwrap(id, old);
    expect(shown.plaintext).toBe('AAAA');
    expect(shown.rewrappedKeyVersion?.id).not.toBe(id);
  });

  it('may bring its material to a restore by token too', async () => {
    const { id } = await scene.addKey({ payload: material(32).toString('base64') });
    await scene.call(deleteKey, id);
    await expect(scene.call(restoreKey, id, { body: encryptForToken(token, material(32, 9)) })).rejects.toMatchObject(
      refused('INVALID_FIELD', 'payload'),
    );
    await scene.call(restoreKey, id, { body: encryptForToken(token, material(32)) });
  });

  it('of Hyper Protect comes with SHA-1 and CBC, which Key Protect refuses', async () => {
    const encrypted = encryptForHyperProtect(token, material(32));
    await expect(scene.addKey(encrypted)).rejects.toMatchObject(refused('INVALID_FIELD', 'encryptionAlgorithm'));
    await ofService('hs-crypto');
    try {
      const { id } = await scene.addKey(encrypted);
      expect((await scene.unwrap(id, await scene.wrap(id))).plaintext).toBe('AAAA');
      await expect(scene.addKey(encryptForToken(token, material(32)))).rejects.toMatchObject({ code: 'INVALID_FIELD' });
    } finally {
      await ofService('kms');
    }
  });
});

describe('an import by token is refused', () => {
  const good = () => encryptForToken(token, material(32));
  it.each([
    ['iv', () => ({ ...good(), iv: undefined }), refused('INVALID_FIELD', 'iv')],
    ['encryptedNonce', () => ({ ...good(), encryptedNonce: undefined }), refused('INVALID_FIELD', 'encryptedNonce')],
    ['payload', () => ({ ...good(), payload: undefined }), refused('INVALID_FIELD', 'payload')],
  ])('without %s', async (_, body, error) => {
    await expect(scene.addKey(body())).rejects.toMatchObject(error);
  });

  it('with an algorithm but without nonce', async () => {
    const body = { payload: material(32).toString('base64'), encryptionAlgorithm: 'RSAES_OAEP_SHA_256' };
    await expect(scene.addKey(body)).rejects.toMatchObject(refused('INVALID_FIELD', 'encryptionAlgorithm'));
  });

  it('for a standard key', async () => {
    await expect(scene.addKey({ ...good(), extractable: true })).rejects.toMatchObject(
      refused('INVALID_FIELD', 'encryptedNonce'),
    );
  });

  it('with the nonce of an earlier token', async () => {
    const earlier = good();
    token = await newToken();
    await expect(scene.addKey(earlier)).rejects.toMatchObject(refused('IMPORT_NONCE', 'encryptedNonce'));
  });

  it('with a nonce that is longer or shorter than the right one', async () => {
    const nonce = Buffer.from(token.nonce, 'base64');
    for (const other of [nonce.subarray(0, 11), Buffer.concat([nonce, Buffer.of(0)]), Buffer.alloc(0)])
      await expect(scene.addKey(encryptForToken(token, material(32), other))).rejects.toMatchObject({ code: 'IMPORT_NONCE' });
  });

  it('with a nonce that does not open under the material and the iv', async () => {
    const body = good();
    const otherIv = Buffer.alloc(12).toString('base64');
    const short = Buffer.alloc(8).toString('base64');
    for (const wrong of [
      { ...body, iv: otherIv },
      { ...body, encryptedNonce: short },
      { ...body, encryptedNonce: '' },
    ])
      await expect(scene.addKey(wrong)).rejects.toMatchObject(refused('IMPORT_NONCE_IV', 'encryptedNonce'));
  });

  it('with an iv of another size', async () => {
    const body = { ...good(), iv: Buffer.alloc(16).toString('base64') };
    await expect(scene.addKey(body)).rejects.toMatchObject(refused('INVALID_FIELD', 'iv'));
  });

  it('where the instance has no token', async () => {
    const body = good();
    await scene.server.store.db.deleteFrom('import_tokens').execute();
    await expect(scene.addKey(body)).rejects.toMatchObject({ code: 'IMPORT_TOKEN_EXPIRED' });
  });

  it('in the same words, whether its payload does not open or opens to a size that no root key has', async () => {
    const body = good();
    const flipped = Buffer.from(body.payload, 'base64');
    flipped[100] = (flipped[100] ?? 0) ^ 1;
    const payloads = [
      flipped.toString('base64'),
      oaep(token, material(20), 'sha256'),
      oaep(token, material(0), 'sha256'),
      oaep(token, material(32), 'sha1'),
      Buffer.alloc(512, 255).toString('base64'),
      Buffer.alloc(511).toString('base64'),
      material(32).toString('base64'),
      '',
    ];
    const said = new Set<string>();
    for (const payload of payloads) {
      const error = await scene.addKey({ ...body, payload }).catch((reason: unknown) => reason);
      expect(error).toMatchObject(refused('INVALID_FIELD', 'payload'));
      said.add((error as Error).message);
    }
    expect(said.size).toBe(1);
  });
});

describe('a plain import', () => {
  it.each([15, 17, 31, 33, 0, 64])('of a root key with %i bytes is refused', async (size) => {
    const payload = material(size).toString('base64');
    await expect(scene.addKey({ payload })).rejects.toMatchObject(refused('INVALID_FIELD', 'payload'));
  });

  it.each([1, 7500])('of a standard key with %i bytes is taken as it is', async (size) => {
    const payload = material(size).toString('base64');
    expect((await scene.addKey({ payload, extractable: true })).payload).toBe(payload);
  });

  it('of a standard key with 7501 bytes, or none, is refused', async () => {
    for (const size of [7501, 0]) {
      const made = scene.addKey({ payload: material(size).toString('base64'), extractable: true });
      await expect(made).rejects.toMatchObject({ code: 'INVALID_FIELD', target: { name: expect.stringMatching(/payload$/) } });
    }
  });
});

describe('a rotation', () => {
  it('of an imported key needs material, and of a generated one takes none, by token or not', async () => {
    const imported = await scene.addKey(encryptForToken(token, material(32)));
    const generated = await scene.addKey();
    for (const body of [undefined, null, {}, { payload: '' }])
      await expect(scene.call(rotateKey, imported.id, { body })).rejects.toMatchObject({ code: 'KEY_PAYLOAD_REQUIRED' });
    for (const body of [{ payload: material(32).toString('base64') }, encryptForToken(token, material(32))])
      await expect(scene.call(rotateKey, generated.id, { body })).rejects.toMatchObject({
        code: 'INVALID_QUERY',
        target: { type: 'query_param', name: 'payload' },
      });
    for (const body of [undefined, null, {}, { payload: '' }]) await scene.call(rotateKey, generated.id, { body });
  });
});

it(
  'whatever a client sends as material, it gets a key or a typed error of 4xx',
  async () => {
    const good = encryptForToken(token, material(32));
    const base64 = (maxLength: number) => fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes).toString('base64'));
    const field = (value: string, maxLength: number) =>
      fc.oneof(fc.constant(value), fc.constant(undefined), base64(maxLength), fc.string({ maxLength: 40 }), fc.constant(null));
    const order = fc.record({
      payload: field(good.payload, 520),
      encryptedNonce: field(good.encryptedNonce, 64),
      iv: field(good.iv, 20),
      encryptionAlgorithm: fc.oneof(fc.constant(undefined), fc.constant(good.encryptionAlgorithm), fc.string({ maxLength: 30 })),
      extractable: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(order, async (fields) => {
        const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
        try {
          await scene.addKey(given);
        } catch (error) {
          expect(error).toBeInstanceOf(RootwardError);
          expect((error as RootwardError).row.http).toBeLessThan(500);
        }
      }),
      // Each run is a whole request with its transaction, so a tenth of what the other decoders get.
      { numRuns: Math.ceil(FUZZ_RUNS / 40) },
    );
  },
  FUZZ_RUNS * 10,
);
