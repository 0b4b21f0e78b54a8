import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restoreKey } from '../../../contract/deletion/restore.ts';
import { deleteKey } from '../../../contract/keys/delete.ts';
import { rotateKey } from '../../../contract/keys/rotate.ts';
import { type KeyScene, openKeyScene } from '../testkit/key-scene.ts';
import { setInstancePolicy } from '../testkit/set-policies.ts';

const payload = Buffer.alloc(32, 7).toString('base64');
const KINDS = {
  create_root_key: {},
  create_standard_key: { extractable: true },
  import_root_key: { payload },
  import_standard_key: { payload, extractable: true },
} as const;
const denied = { code: 'KEY_CREATION_DENIED' };

let scene: KeyScene;
beforeAll(async () => {
  scene = await openKeyScene();
});
afterAll(() => scene[Symbol.asyncDispose]());

/** Which kinds of keys can be made now. */
async function possible(): Promise<string[]> {
  const names: string[] = [];
  for (const [name, fields] of Object.entries(KINDS)) {
    const made = await scene.addKey(fields).catch((error: { code?: string }) => error.code);
    if (typeof made === 'object') names.push(name);
    else expect(made).toBe('KEY_CREATION_DENIED');
  }
  return names;
}

describe('the creation policy', () => {
  it.each(Object.keys(KINDS))('%s: false refuses these keys and no others', async (name) => {
    await setInstancePolicy(scene, 'keyCreateImportAccess', true, { [name]: false });
    expect(await possible()).toEqual(Object.keys(KINDS).filter((other) => other !== name));
  });

  it('refuses nothing when it is off', async () => {
    await setInstancePolicy(scene, 'keyCreateImportAccess', true, { create_root_key: false, import_root_key: false });
    await setInstancePolicy(scene, 'keyCreateImportAccess', false);
    expect(await possible()).toEqual(Object.keys(KINDS));
  });

  it('that enforces the token refuses every import in the clear, whatever else it allows', async () => {
    await setInstancePolicy(scene, 'keyCreateImportAccess', true, { enforce_token: true, import_root_key: true });
    expect(await possible()).toEqual(['create_root_key', 'create_standard_key']);
  });

  it('that enforces the token lets material by the token come as far as the token', async () => {
    await setInstancePolicy(scene, 'keyCreateImportAccess', true, { enforce_token: true });
    const byToken = { payload, encryptedNonce: 'AAAA', iv: 'AAAAAAAAAAAAAAAA', encryptionAlgorithm: 'RSAES_OAEP_SHA_256' };
    // There is no token, which is what is wrong by then.
    await expect(scene.addKey(byToken)).rejects.toMatchObject({ code: 'IMPORT_TOKEN_EXPIRED' });
    await setInstancePolicy(scene, 'keyCreateImportAccess', true, { enforce_token: true, import_root_key: false });
    await expect(scene.addKey(byToken)).rejects.toMatchObject(denied);
  });

  it('leaves existing keys alone, but for material in the clear where the token is enforced', async () => {
    await setInstancePolicy(scene, 'keyCreateImportAccess', false);
    const imported = (await scene.addKey({ payload })).id;
    const generated = (await scene.addKey()).id;
    const lost = (await scene.addKey({ payload })).id;
    await scene.call(deleteKey, lost);
    await scene.advance(30_000);
    await setInstancePolicy(scene, 'keyCreateImportAccess', true, { import_root_key: false, create_root_key: false });
    const body = { payload: Buffer.alloc(16, 1).toString('base64') };
    await scene.call(rotateKey, imported, { body });
    await scene.call(rotateKey, generated);
    await scene.advance(3_600_000);
    await setInstancePolicy(scene, 'keyCreateImportAccess', true, { enforce_token: true });
    await expect(scene.call(rotateKey, imported, { body })).rejects.toMatchObject(denied);
    await expect(scene.call(restoreKey, lost, { body: { payload } })).rejects.toMatchObject(denied);
    await scene.call(rotateKey, generated);
    await scene.call(restoreKey, lost);
  });
});
