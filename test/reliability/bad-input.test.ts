import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newKey } from '../process/api.ts';
import { type RawAnswer, rawRequest } from '../process/raw-request.ts';
import { type AttackScene, openAttackScene, reasonOf } from './attack-scene.ts';

let scene: AttackScene;
beforeAll(async () => {
  scene = await openAttackScene();
});
afterAll(() => scene[Symbol.asyncDispose]());

/** Sends, and holds that the answer is the documented one and that nothing was changed. */
async function refused(sent: () => Promise<RawAnswer>, status: number, reason: string): Promise<RawAnswer> {
  const before = await scene.stored();
  const answer = await sent();
  expect([answer.status, reasonOf(answer)], answer.text).toEqual([status, reason]);
  expect(await scene.stored()).toBe(before);
  return answer;
}

const wrapPath = () => `/api/v2/keys/${scene.alice.key}/actions/wrap`;
const unwrapPath = () => `/api/v2/keys/${scene.alice.key}/actions/unwrap`;

describe('bad bodies', () => {
  it.each([
    ['broken JSON', '{"plaintext":', 'BAD_BODY_ERR'],
    ['text after the JSON', '{} {}', 'BAD_BODY_ERR'],
    ['a prototype', '{"__proto__":{"plaintext":"AAAA"}}', 'BAD_BODY_ERR'],
    ['a constructor with a prototype', '{"constructor":{"prototype":{"x":1}}}', 'BAD_BODY_ERR'],
    ['an array', '[]', 'BAD_BODY_ERR'],
    ['a text', '"plaintext"', 'BAD_BODY_ERR'],
    ['a number', '7', 'BAD_BODY_ERR'],
    ['nesting without end', '['.repeat(100_000) + ']'.repeat(100_000), 'BAD_BODY_ERR'],
    ['plaintext that is no text', '{"plaintext":7}', 'INVALID_FIELD_ERR'],
    ['plaintext that is no base64', '{"plaintext":"not base64!"}', 'INVALID_FIELD_ERR'],
    ['plaintext in base64url', '{"plaintext":"_-_-"}', 'INVALID_FIELD_ERR'],
    ['plaintext that is too long', `{"plaintext":"${'AAAA'.repeat(2501)}"}`, 'INVALID_FIELD_ERR'],
    ['aad that is no list', '{"aad":"a"}', 'INVALID_FIELD_ERR'],
    ['aad of numbers', '{"aad":[1]}', 'INVALID_FIELD_ERR'],
    ['aad that is too long', `{"aad":["${'a'.repeat(256)}"]}`, 'INVALID_FIELD_ERR'],
    ['too many aad', JSON.stringify({ aad: Array.from({ length: 256 }, () => 'a') }), 'INVALID_FIELD_ERR'],
    ['half a surrogate pair', '{"aad":["\\ud800"]}', 'INVALID_FIELD_ERR'],
  ])('%s', async (_name, body, reason) => {
    await refused(() => scene.alice.send('POST', wrapPath(), body), 400, reason);
  });

  it('a body beyond the limit', async () => {
    await refused(() => scene.alice.send('POST', wrapPath(), `{"plaintext":"${'A'.repeat(300_000)}"}`), 413, 'BODY_TOO_LARGE');
  });

  it('a body that is not JSON by its own word', async () => {
    await refused(() => scene.alice.send('POST', wrapPath(), '{}', { 'content-type': 'text/xml' }), 415, 'MEDIA_TYPE');
  });

  it('headers beyond the limit end before any API', async () => {
    const answer = await scene.alice.send('POST', wrapPath(), {}, { 'x-long': 'a'.repeat(40_000) });
    expect(answer.status).toBe(431);
  });

  it('names the wrong field, and never repeats its value', async () => {
    const secret = 'c2VjcmV0IHZhbHVl!';
    const answer = await refused(() => scene.alice.send('POST', wrapPath(), { plaintext: secret }), 400, 'INVALID_FIELD_ERR');
    expect(answer.text).toContain('plaintext');
    expect(answer.text).not.toContain('c2VjcmV0');
  });
});

describe('bad keys and queries', () => {
  const oneKey = newKey({});
  it.each([
    ['no envelope', {}, 'BAD_BODY_ERR'],
    ['no metadata', { resources: oneKey.resources }, 'BAD_BODY_ERR'],
    ['metadata that is none', { ...oneKey, metadata: 1 }, 'INVALID_FIELD_ERR'],
    ['no resources', { metadata: oneKey.metadata }, 'INVALID_FIELD_ERR'],
    ['no key', { ...oneKey, resources: [] }, 'BAD_BODY_ERR'],
    ['two keys', { ...oneKey, resources: [...oneKey.resources, ...oneKey.resources] }, 'BAD_BODY_ERR'],
    ['a wrong count', { ...oneKey, metadata: { collectionTotal: 2 } }, 'COLLECTION_TOTAL_MISMATCH_ERR'],
    ['a name of one letter', newKey({ name: 'x' }), 'INVALID_FIELD_ERR'],
    ['material of a wrong size', newKey({ payload: Buffer.alloc(31).toString('base64') }), 'INVALID_FIELD_ERR'],
    ['an expiry in the past', newKey({ expirationDate: '2001-01-01T00:00:00Z' }), 'INVALID_FIELD_ERR'],
    ['an expiry on no day', newKey({ expirationDate: '2031-02-31T99:00:00Z' }), 'INVALID_FIELD_ERR'],
    ['a tag with a sign', newKey({ tags: ['a,b'] }), 'INVALID_FIELD_ERR'],
  ])('a new key with %s', async (_name, body, reason) => {
    await refused(() => scene.alice.send('POST', '/api/v2/keys', body), 400, reason);
  });

  it.each([
    'limit=0',
    'limit=5001',
    'limit=ten',
    'limit=-1',
    'limit=1e3',
    'limit=',
    'limit=1&limit=2',
    'offset=-1',
    'state=4',
    'state=1,',
    'extractable=maybe',
  ])('a list with %s', async (query) => {
    const answer = await refused(() => scene.alice.send('GET', `/api/v2/keys?${query}`), 400, 'INVALID_QUERY_PARAM_ERR');
    expect(answer.text).toContain(`"name":"${query.split('=')[0]}"`);
  });

  it('a generated key is not rotated with material, and the material is not repeated', async () => {
    const payload = Buffer.alloc(32, 3).toString('base64');
    const rotate = () => scene.alice.send('POST', `/api/v2/keys/${scene.alice.key}/actions/rotate`, { payload });
    const answer = await refused(rotate, 400, 'INVALID_QUERY_PARAM_ERR');
    expect(answer.text).not.toContain(payload);
  });

  it('a key that does not exist, in every form', async () => {
    for (const id of ['00000000-0000-4000-8000-000000000000', 'no-such-key', "x'--", '%F0%9F%94%91', 'a'.repeat(128)]) {
      await refused(() => scene.alice.send('GET', `/api/v2/keys/${id}`), 404, 'KEY_NOT_FOUND_ERR');
    }
  });

  it('a key id that holds the character NUL, which no store can look for', async () => {
    for (const id of ['%00', 'a%00', `${scene.alice.key}%00`])
      await refused(() => scene.alice.send('GET', `/api/v2/keys/${id}`), 400, 'INVALID_FIELD_ERR');
  });
});

describe('bad ciphertexts', () => {
  const unwrap = (body: unknown) => scene.alice.send('POST', unwrapPath(), body);

  it('other AAD, in another order, or none', async () => {
    const { ciphertext } = scene.alice;
    for (const aad of [undefined, [], ['a'], ['b', 'a'], ['ab'], ['a', 'b', ''], ['a', 'b', null]]) {
      await refused(() => unwrap({ ciphertext, aad }), 422, 'UNPROCESSABLE_CIPHERTEXT_ERR');
    }
  });

  it('every truncation', async () => {
    const { ciphertext } = scene.alice;
    for (let length = 1; length < ciphertext.length; length += 1) {
      const answer = await unwrap({ ciphertext: ciphertext.slice(0, length), aad: ['a', 'b'] });
      expect([400, 422]).toContain(answer.status);
      expect(['INVALID_FIELD_ERR', 'UNPROCESSABLE_CIPHERTEXT_ERR']).toContain(reasonOf(answer));
    }
  });

  it('every flipped bit', async () => {
    const bytes = Buffer.from(scene.alice.ciphertext, 'base64');
    const before = await scene.stored();
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      const at = bit >> 3;
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (bit & 7)), at);
      const answer = await unwrap({ ciphertext: flipped.toString('base64'), aad: ['a', 'b'] });
      expect([answer.status, reasonOf(answer), answer.text.includes(scene.alice.plaintext)]).toEqual([
        422,
        'UNPROCESSABLE_CIPHERTEXT_ERR',
        false,
      ]);
    }
    expect(await scene.stored()).toBe(before);
  });

  it('that of another key', async () => {
    const { ciphertext } = scene.mallory;
    await refused(() => unwrap({ ciphertext, aad: ['a', 'b'] }), 422, 'UNPROCESSABLE_CIPHERTEXT_ERR');
  });

  it('after all that the right one still opens', async () => {
    const answer = await unwrap({ ciphertext: scene.alice.ciphertext, aad: ['a', 'b'] });
    expect(JSON.parse(answer.text)).toMatchObject({ plaintext: scene.alice.plaintext });
  });
});

describe('a foreign account', () => {
  const operations = (key: string): readonly [method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown][] => [
    ['GET', '/api/v2/keys'],
    ['POST', '/api/v2/keys', newKey({})],
    ['GET', '/api/v2/keys/registrations'],
    ['GET', `/api/v2/keys/${key}`],
    ['GET', `/api/v2/keys/${key}/metadata`],
    ['GET', `/api/v2/keys/${key}/versions`],
    ['GET', `/api/v2/keys/${key}/registrations`],
    ['POST', `/api/v2/keys/${key}/actions/wrap`, {}],
    ['POST', `/api/v2/keys/${key}/actions/unwrap`, { ciphertext: scene.alice.ciphertext, aad: ['a', 'b'] }],
    ['POST', `/api/v2/keys/${key}/actions/rotate`],
    ['POST', `/api/v2/keys/${key}/actions/disable`],
    ['POST', `/api/v2/keys/${key}/actions/enable`],
    ['DELETE', `/api/v2/keys/${key}?force=true`],
  ];

  it('gets the same 401 for an instance that is not its own and for one that is nowhere', async () => {
    const { alice, mallory } = scene;
    for (const [method, path, body] of operations(alice.key)) {
      const foreign = await refused(() => mallory.send(method, path, body, { 'bluemix-instance': alice.instance }), 401, '');
      const nowhere = await mallory.send(method, path, body, { 'bluemix-instance': '00000000-0000-4000-8000-000000000000' });
      expect([path, nowhere.status, nowhere.text]).toEqual([path, 401, foreign.text]);
    }
  });

  it('does not find a foreign key in its own instance', async () => {
    for (const [method, path, body] of operations(scene.alice.key).filter(([, path]) => path.includes(scene.alice.key))) {
      await refused(() => scene.mallory.send(method, path, body), 404, 'KEY_NOT_FOUND_ERR');
    }
  });

  it('and neither does a forged or missing token', async () => {
    const { alice, url } = scene;
    const [head = '', claims = ''] = alice.token.split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;
    for (const token of ['', 'x', `${head}.${claims}.`, unsigned, `${alice.token}x`, alice.token.slice(0, -2)]) {
      await refused(() => alice.send('POST', wrapPath(), {}, { authorization: `Bearer ${token}` }), 401, '');
    }
    const without = await rawRequest(`${url}${wrapPath()}`, 'POST', { 'bluemix-instance': alice.instance });
    expect(without.status).toBe(401);
  });
});

it('what nobody sends is refused: no path, method or address gives a 500', async () => {
  for (const path of [
    '/',
    '/api/v2',
    '/api/v2/keys/',
    '//',
    '/api/v2/keys/../../etc',
    '/%',
    '/api/v2/keys/%zz',
    '/api/v2/keys/%2e%2e',
  ]) {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const) {
      const { status, text } = await scene.alice.send(method, path);
      expect([path, method, status < 500], text).toEqual([path, method, true]);
    }
  }
});
