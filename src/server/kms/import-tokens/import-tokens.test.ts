import { createPublicKey } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createImportToken } from '../../../contract/import-tokens/create.ts';
import { getImportToken } from '../../../contract/import-tokens/get.ts';
import { addPerson, grant, SERVICE } from '../../testkit/people.ts';
import { type KeyScene, openKeyScene } from '../testkit/key-scene.ts';
import { reusedKeyPair } from '../testkit/reused-key-pair.ts';
import { createImportKeyPairs } from './key-pairs.ts';

const MINUTE = 60_000;

let scene: KeyScene;
let made = 0;
beforeEach(async () => {
  made = 0;
  const importKeyPairs = {
    next() {
      made += 1;
      return reusedKeyPair.next();
    },
  };
  scene = await openKeyScene({ importKeyPairs });
});
afterEach(() => scene[Symbol.asyncDispose]());

const create = (body?: unknown, token?: string) => scene.call(createImportToken, '', { body, ...(token && { token }) });
const get = (token?: string) => scene.call(getImportToken, '', token ? { token } : {});
const expired = { code: 'IMPORT_TOKEN_EXPIRED' };

describe('an import token', () => {
  it.each([
    ['no body', undefined],
    ['{}', {}],
    ['null', null],
  ])('made with %s holds 600 s and can be shown once; status 200', async (_, body) => {
    const outcome = await create(body);
    expect(outcome.status ?? createImportToken.http.success).toBe(200);
    expect(outcome.output).toEqual({
      creationDate: '2026-01-02T03:04:05Z',
      expirationDate: '2026-01-02T03:14:05Z',
      maxAllowedRetrievals: 1,
      remainingRetrievals: 1,
    });
  });

  it('is counted before it is shown, and is over when it was shown as often as it may be', async () => {
    await create({ maxAllowedRetrievals: 3 });
    for (const remaining of [2, 1, 0])
      expect((await get()).output).toMatchObject({ maxAllowedRetrievals: 3, remainingRetrievals: remaining });
    await expect(get()).rejects.toMatchObject(expired);
  });

  it('shows base64 of the PEM text of a 4096-bit RSA key, and 12 bytes', async () => {
    await create();
    const { payload, nonce } = (await get()).output;
    const pem = Buffer.from(payload, 'base64').toString();
    expect(pem).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    const key = createPublicKey(pem);
    expect(key.asymmetricKeyType).toBe('rsa');
    expect(key.asymmetricKeyDetails).toMatchObject({ modulusLength: 4096, publicExponent: 65_537n });
    expect(Buffer.from(nonce, 'base64')).toHaveLength(12);
    expect(nonce).toHaveLength(16);
  });

  it('is not there before it is made, and ends at its very instant', async () => {
    await expect(get()).rejects.toMatchObject(expired);
    await create({ expiration: 300, maxAllowedRetrievals: 500 });
    await scene.advance(5 * MINUTE - 1);
    await get();
    await scene.advance(1);
    await expect(get()).rejects.toMatchObject(expired);
  });

  it('takes the place of the earlier one', async () => {
    await create({ maxAllowedRetrievals: 5 });
    const first = (await get()).output;
    await scene.advance(MINUTE);
    await create({ maxAllowedRetrievals: 2 });
    const second = (await get()).output;
    expect(second).toMatchObject({ maxAllowedRetrievals: 2, remainingRetrievals: 1, creationDate: '2026-01-02T03:05:05Z' });
    expect(second.nonce).not.toBe(first.nonce);
    const rows = await scene.server.store.db.selectFrom('import_tokens').select('id').execute();
    expect(rows).toHaveLength(1);
  });

  it('keeps its private key and its nonce sealed', async () => {
    await create();
    const { nonce } = (await get()).output;
    const row = await scene.server.store.db.selectFrom('import_tokens').selectAll().executeTakeFirstOrThrow();
    const { privateKey } = await reusedKeyPair.next();
    const der = privateKey.export({ type: 'pkcs8', format: 'der' });
    expect(Buffer.from(row.sealed_private_key).includes(der.subarray(100, 132))).toBe(false);
    expect(Buffer.from(row.sealed_nonce).includes(Buffer.from(nonce, 'base64'))).toBe(false);
  });

  it('is on record without its nonce', async () => {
    await create({ maxAllowedRetrievals: 2 });
    const { nonce } = (await get()).output;
    const records = await scene.server.auditRecords();
    expect(records.find(({ action }) => action === 'kms.import-token.create')).toMatchObject({
      responseData: { maxAllowedRetrievals: 2, remainingRetrievals: 2, expirationDate: '2026-01-02T03:14:05Z' },
    });
    expect(records.find(({ action }) => action === 'kms.import-token.read')).toMatchObject({
      responseData: { maxAllowedRetrievals: 2, remainingRetrievals: 1 },
    });
    expect(JSON.stringify(records)).not.toContain(nonce);
  });
});

describe('an import token is refused', () => {
  it.each([
    [{ expiration: 299 }, 'expiration'],
    [{ expiration: 86_401 }, 'expiration'],
    [{ expiration: '600' }, 'expiration'],
    [{ maxAllowedRetrievals: 0 }, 'maxAllowedRetrievals'],
    [{ maxAllowedRetrievals: 501 }, 'maxAllowedRetrievals'],
    [{ maxAllowedRetrievals: 1.5 }, 'maxAllowedRetrievals'],
  ])('with %j', async (body, name) => {
    await expect(create(body)).rejects.toMatchObject({ code: 'INVALID_FIELD', target: { type: 'field', name } });
    expect(made).toBe(0);
  });

  it.each([[{ expiration: 300, maxAllowedRetrievals: 1 }], [{ expiration: 86_400, maxAllowedRetrievals: 500 }]])(
    'but not with %j',
    async (body) => {
      expect((await create(body)).output.maxAllowedRetrievals).toBe(body.maxAllowedRetrievals);
    },
  );

  it('to those who may not make one, and no key pair is made for them', async () => {
    const reader = await addPerson(scene.server, 'reader');
    await grant(scene.server, { iamId: reader.iamId, roles: [`${SERVICE}Reader`], service: 'kms' });
    await expect(create({}, reader.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    await expect(get(reader.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    await expect(create({}, 'no token')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(made).toBe(0);
  });
});

describe('key pairs', () => {
  it('are made one after the other, and refused where too many wait', async () => {
    let running = 0;
    let most = 0;
    const real = await reusedKeyPair.next();
    const pairs = createImportKeyPairs(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running -= 1;
      return real;
    });
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => pairs.next()));
    expect(most).toBe(1);
    expect(asked.map(({ status }) => status)).toEqual([
      ...Array<string>(16).fill('fulfilled'),
      ...Array<string>(4).fill('rejected'),
    ]);
    expect(asked.at(-1)).toMatchObject({ reason: { code: 'OVERLOADED' } });
    await pairs.next();
  });

  it('are made also after one could not be', async () => {
    const real = await reusedKeyPair.next();
    let calls = 0;
    const pairs = createImportKeyPairs(async () => {
      calls += 1;
      if (calls === 1) throw new Error('no');
      return real;
    });
    await expect(pairs.next()).rejects.toThrow('no');
    expect(await pairs.next()).toBe(real);
  });
});
