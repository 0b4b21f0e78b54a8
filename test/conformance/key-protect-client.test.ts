import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addInstance, logIn, newKey } from '../process/api.ts';
import { type ServerProcess, startServerProcess } from '../process/server-process.ts';
import { clientsAreMissing, type KeyProtectClient, keyProtectClient } from './published-clients.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'rootward-client-'));
let server: ServerProcess;
let client: KeyProtectClient;
let bluemixInstance: string;

describe.skipIf(clientsAreMissing)('the published Key Protect client, by URL alone', () => {
  beforeAll(async () => {
    server = await startServerProcess(dataDir, { env: { ROOTWARD_LIFECYCLE_ENABLE_AFTER_DISABLE_SECONDS: '1' } });
    const { url, apiKey, resourceGroupId } = server.said;
    bluemixInstance = await addInstance(await logIn(url, apiKey), resourceGroupId);
    client = keyProtectClient(url, apiKey);
  });

  afterAll(async () => {
    await server?.end('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  });

  const create = async (fields: Readonly<Record<string, unknown>>): Promise<string> => {
    const made = await client.createKey({ bluemixInstance, body: newKey(fields), prefer: 'return=representation' });
    expect(made.status).toBe(201);
    return made.result.resources[0]?.id ?? '';
  };

  it('creates, lists, reads', async () => {
    const id = await create({ name: 'root', description: 'a root key' });
    const listed = await client.getKeys({ bluemixInstance, limit: 100, state: [1, 2] });
    expect(listed.status).toBe(200);
    expect(listed.result.resources.map((key) => key.id)).toContain(id);
    expect((await client.getKey({ bluemixInstance, id })).result.resources[0]).toMatchObject({ id, name: 'root', state: 1 });
    expect((await client.getKeyMetadata({ bluemixInstance, id })).result.resources[0]).toMatchObject({ id, state: 1 });
  });

  it('gives back the material of a standard key, never that of a root key', async () => {
    const payload = randomBytes(20).toString('base64');
    const standard = await create({ name: 'standard', extractable: true, payload });
    const root = await create({ name: 'imported', payload: randomBytes(32).toString('base64') });
    expect((await client.getKey({ bluemixInstance, id: standard })).result.resources[0]?.payload).toBe(payload);
    expect((await client.getKey({ bluemixInstance, id: root })).result.resources[0]).not.toHaveProperty('payload');
    expect((await client.getKeyMetadata({ bluemixInstance, id: standard })).result.resources[0]).not.toHaveProperty('payload');
  });

  it('wraps, unwraps, rotates, and unwraps what the old version wrapped', async () => {
    const id = await create({ name: 'wrapper' });
    const dek = randomBytes(32).toString('base64');
    const wrapped = await client.wrapKey({ bluemixInstance, id, keyActionWrapBody: { plaintext: dek, aad: ['a', 'b'] } });
    expect(wrapped.result).not.toHaveProperty('plaintext');
    const body = { ciphertext: wrapped.result.ciphertext, aad: ['a', 'b'] };
    const unwrapped = await client.unwrapKey({ bluemixInstance, id, keyActionUnwrapBody: body });
    expect(unwrapped.result).toEqual({ plaintext: dek, keyVersion: wrapped.result.keyVersion });

    expect((await client.rotateKey({ bluemixInstance, id, keyActionRotateBody: {} })).status).toBe(204);
    const afterwards = await client.unwrapKey({ bluemixInstance, id, keyActionUnwrapBody: body });
    expect(afterwards.result).toMatchObject({ plaintext: dek, keyVersion: wrapped.result.keyVersion });
    const versions = await client.getKeyVersions({ bluemixInstance, id });
    expect(versions.result.metadata.collectionTotal).toBe(2);
    expect(versions.result.resources[0]?.id).toBe(afterwards.result.rewrappedKeyVersion?.id);
    expect(versions.result.resources[1]?.id).toBe(wrapped.result.keyVersion?.id);
    const rewrapped = { ciphertext: afterwards.result.ciphertext, aad: ['a', 'b'] };
    const newest = await client.unwrapKey({ bluemixInstance, id, keyActionUnwrapBody: rewrapped });
    expect(newest.result).toEqual({ plaintext: dek, keyVersion: afterwards.result.rewrappedKeyVersion });
  });

  it('generates a DEK when it wraps without a body', async () => {
    const id = await create({ name: 'generator' });
    const { result } = await client.wrapKey({ bluemixInstance, id });
    expect(Buffer.from(result.plaintext ?? '', 'base64')).toHaveLength(32);
    const unwrapped = await client.unwrapKey({ bluemixInstance, id, keyActionUnwrapBody: { ciphertext: result.ciphertext } });
    expect(unwrapped.result.plaintext).toBe(result.plaintext);
  });

  it('disables and enables', async () => {
    const id = await create({ name: 'switch' });
    const { result } = await client.wrapKey({ bluemixInstance, id });
    expect((await client.disableKey({ bluemixInstance, id })).status).toBe(204);
    await expect(client.wrapKey({ bluemixInstance, id })).rejects.toMatchObject({
      status: 409,
      body: expect.stringContaining('KEY_ACTION_INVALID_STATE_ERR'),
    });
    await expect(client.enableKey({ bluemixInstance, id })).rejects.toMatchObject({
      status: 409,
      body: expect.stringContaining('REQ_TOO_EARLY_ERR'),
    });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect((await client.enableKey({ bluemixInstance, id })).status).toBe(204);
    const unwrapped = await client.unwrapKey({ bluemixInstance, id, keyActionUnwrapBody: { ciphertext: result.ciphertext } });
    expect(unwrapped.result.plaintext).toBe(result.plaintext);
  });

  it('deletes, with and without a representation, and once only', async () => {
    const [first, second] = [await create({ name: 'first' }), await create({ name: 'second' })];
    expect((await client.deleteKey({ bluemixInstance, id: first })).status).toBe(204);
    const shown = await client.deleteKey({ bluemixInstance, id: second, prefer: 'return=representation', force: true });
    expect(shown).toMatchObject({ status: 200, result: { resources: [{ id: second, state: 5, deleted: true }] } });
    await expect(client.deleteKey({ bluemixInstance, id: first })).rejects.toMatchObject({
      status: 410,
      body: expect.stringContaining('KEY_DELETED_ERR'),
    });
    expect((await client.getKey({ bluemixInstance, id: first })).result.resources[0]).toMatchObject({ state: 5 });
    const listed = await client.getKeys({ bluemixInstance });
    expect(listed.result.resources.map(({ id }) => id)).not.toContain(first);
  });

  it('lists registrations: none is an empty list', async () => {
    const id = await create({ name: 'unregistered' });
    const empty = { metadata: expect.objectContaining({ collectionTotal: 0 }), resources: [] };
    expect((await client.getRegistrations({ bluemixInstance, id })).result).toEqual(empty);
    expect((await client.getRegistrationsAllKeys({ bluemixInstance })).result).toEqual(empty);
  });

  it('finds the code of an error in its body', async () => {
    const id = await create({ name: 'errors' });
    const unwrap = (ciphertext: string) => client.unwrapKey({ bluemixInstance, id, keyActionUnwrapBody: { ciphertext } });
    await expect(unwrap('not base64!')).rejects.toMatchObject({
      status: 400,
      body: expect.stringContaining('INVALID_FIELD_ERR'),
    });
    await expect(unwrap('AAAA')).rejects.toMatchObject({
      status: 422,
      body: expect.stringContaining('UNPROCESSABLE_CIPHERTEXT_ERR'),
    });
    await expect(client.getKeys({ bluemixInstance, limit: 5001 })).rejects.toMatchObject({
      status: 400,
      body: expect.stringContaining('INVALID_QUERY_PARAM_ERR'),
    });
    const missing = '00000000-0000-4000-8000-000000000000';
    await expect(client.getKey({ bluemixInstance, id: missing })).rejects.toMatchObject({
      status: 404,
      body: expect.stringContaining('KEY_NOT_FOUND_ERR'),
    });
    await expect(client.getKeys({ bluemixInstance: missing })).rejects.toMatchObject({ status: 401 });
  });
});
