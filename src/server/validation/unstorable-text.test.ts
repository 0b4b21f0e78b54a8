import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KeyHttp, openKeyHttp, reasonOf } from '../kms/testkit/key-http.ts';
import { type KeyScene, openKeyScene } from '../kms/testkit/key-scene.ts';

let scene: KeyScene;
let http: KeyHttp;
beforeEach(async () => {
  scene = await openKeyScene();
  http = openKeyHttp(scene);
});
afterEach(async () => {
  await http[Symbol.asyncDispose]();
  await scene[Symbol.asyncDispose]();
});

const create = (fields: object) => {
  const resources = [{ name: 'a key', extractable: false, ...fields }];
  return http.send('POST', '/keys', { body: { metadata: { collectionTotal: 1 }, resources } });
};

describe('a text that the store does not keep as it is', () => {
  it.each([
    ['resources.0.name', { name: 'half \ud800' }],
    ['resources.0.description', { description: 'half \udc00 of a pair' }],
    ['resources.0.tags.1', { tags: ['fine', '\ud800'] }],
    ['resources.0.name', { name: 'a\0b' }],
    ['resources.0.tags.0', { tags: ['a\0b'] }],
  ])('is refused with the name of its field, %s', async (name, fields) => {
    expect(reasonOf(await create(fields))).toEqual([400, 'INVALID_FIELD_ERR', name]);
  });

  it('is refused in an address with the name of its part', async () => {
    expect(reasonOf(await http.send('GET', '/keys/a%00b'))).toEqual([400, 'INVALID_FIELD_ERR', 'id']);
    expect(reasonOf(await http.send('GET', '/keys?search=%00'))).toEqual([400, 'INVALID_QUERY_PARAM_ERR', 'search']);
  });

  it('has nothing to do with texts in other scripts', async () => {
    const name = 'ключ 鍵 \u{1f511}';
    expect((await create({ name, tags: [name] })).body.resources[0]).toMatchObject({ name, tags: [name] });
  });

  it('is not looked for in what is nested deeper than any field of an operation', async () => {
    const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const body = `{"metadata":{},"resources":[{"name":"a key","extractable":false,"unknown":${nested}}]}`;
    expect((await http.send('POST', '/keys', { body })).status).toBe(201);
  });
});
