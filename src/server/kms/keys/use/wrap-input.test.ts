import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rewrapDek } from '../../../../contract/keys/use/rewrap.ts';
import { unwrapDek } from '../../../../contract/keys/use/unwrap.ts';
import { wrapDek } from '../../../../contract/keys/use/wrap.ts';
import { type KeyScene, openKeyScene } from '../../testkit/key-scene.ts';

const LIMIT = 7500;

let scene: KeyScene;
let id: string;
beforeAll(async () => {
  scene = await openKeyScene();
  id = (await scene.addKey()).id;
});
afterAll(() => scene[Symbol.asyncDispose]());

const base64 = (size: number) => Buffer.alloc(size, 5).toString('base64');
const wrap = async (body: unknown) => (await scene.call(wrapDek, id, { body })).output;
const badField = (name: string) => ({ code: 'INVALID_FIELD', target: { type: 'field', name } });

describe('what wrap takes', () => {
  it.each([1, 2, 3, 32, 4096, LIMIT - 1, LIMIT])(
    'a DEK of %i bytes comes back from unwrap and rewrap as it was',
    async (size) => {
      const wrapped = await wrap({ plaintext: base64(size) });
      expect(wrapped).not.toHaveProperty('plaintext');
      expect((await scene.unwrap(id, wrapped.ciphertext)).plaintext).toBe(base64(size));
      const { output } = await scene.call(rewrapDek, id, { body: { ciphertext: wrapped.ciphertext } });
      expect((await scene.unwrap(id, output.ciphertext)).plaintext).toBe(base64(size));
    },
  );

  it.each([LIMIT + 1, LIMIT + 2, LIMIT + 3, 100_000])('a DEK of %i bytes is refused', async (size) => {
    await expect(wrap({ plaintext: base64(size) })).rejects.toMatchObject(badField('plaintext'));
  });

  it.each(['AAA', 'A===', 'AAA=A', 'AA AA', 'AAAA\n', 'AA-_', 'AAAAA', '=', 'ä'])(
    '%j is not base64 and refused',
    async (plaintext) => {
      await expect(wrap({ plaintext })).rejects.toMatchObject(badField('plaintext'));
    },
  );

  it('base64 with stray bits in its last character comes back in its canonical form', async () => {
    const { ciphertext } = await wrap({ plaintext: 'AB==' });
    expect((await scene.unwrap(id, ciphertext)).plaintext).toBe('AA==');
  });

  it.each([undefined, null, {}, { plaintext: '' }, { aad: [] }])('%j makes a DEK of 32 bytes and shows it', async (body) => {
    const { plaintext, ciphertext, keyVersion } = await wrap(body);
    expect(Buffer.from(plaintext ?? '', 'base64')).toHaveLength(32);
    expect(await scene.unwrap(id, ciphertext)).toEqual({ plaintext, keyVersion });
  });

  it('no two generated DEKs and no two ciphertexts are the same', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => wrap({})));
    expect(new Set(made.map(({ plaintext }) => plaintext)).size).toBe(20);
    const same = await Promise.all(Array.from({ length: 20 }, () => wrap({ plaintext: 'AAAA' })));
    expect(new Set(same.map(({ ciphertext }) => ciphertext)).size).toBe(20);
  });
});

describe('additional data', () => {
  it('of 255 texts of 255 characters is taken, null stands for the empty text, and order counts', async () => {
    const aad = Array.from({ length: 255 }, () => 'x'.repeat(255));
    const ciphertext = await scene.wrap(id, 'AAAA', aad);
    expect((await scene.unwrap(id, ciphertext, aad)).plaintext).toBe('AAAA');
    const { ciphertext: withNull } = await wrap({ plaintext: 'AAAA', aad: [null] });
    expect((await scene.unwrap(id, withNull, [''])).plaintext).toBe('AAAA');
    const ordered = await scene.wrap(id, 'AAAA', ['a', 'b']);
    for (const other of [['b', 'a'], ['ab'], ['a', 'b', ''], [], ['A', 'b']])
      await expect(scene.unwrap(id, ordered, other)).rejects.toMatchObject({ code: 'CIPHERTEXT_INVALID' });
  });

  it.each([
    ['256 texts', Array.from({ length: 256 }, () => 'x')],
    ['a text of 256 characters', ['x'.repeat(256)]],
    ['a number', [1]],
    ['no list', 'x'],
  ])('%s is refused', async (_name, aad) => {
    await expect(wrap({ plaintext: 'AAAA', aad })).rejects.toMatchObject({ code: 'INVALID_FIELD' });
  });
});

describe.each([
  ['unwrap', unwrapDek],
  ['rewrap', rewrapDek],
] as const)('%s', (_name, operation) => {
  const send = (body: unknown) => scene.call(operation as typeof unwrapDek, id, { body });

  it('needs a body', async () => {
    for (const body of [undefined, null]) await expect(send(body)).rejects.toMatchObject({ code: 'NO_BODY' });
    await expect(send({})).rejects.toMatchObject(badField('ciphertext'));
  });

  it.each(['not base64!', 'AAA', 'e30=\n'])('refuses %j as no base64', async (ciphertext) => {
    await expect(send({ ciphertext })).rejects.toMatchObject(badField('ciphertext'));
  });

  it.each([
    ['base64 of something else', 'AAAA'],
    ['base64 of other JSON', Buffer.from('{"ciphertext":"AAAA"}').toString('base64')],
  ])('cannot process %s', async (_what, ciphertext) => {
    await expect(send({ ciphertext })).rejects.toMatchObject({ code: 'CIPHERTEXT_INVALID' });
  });

  it('cannot process what another key has wrapped', async () => {
    const other = await scene.addKey();
    await expect(send({ ciphertext: await scene.wrap(other.id) })).rejects.toMatchObject({ code: 'CIPHERTEXT_INVALID' });
  });
});
