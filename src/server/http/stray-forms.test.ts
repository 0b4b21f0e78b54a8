import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KeyHttp, openKeyHttp, reasonOf } from '../kms/testkit/key-http.ts';
import { type KeyScene, openKeyScene } from '../kms/testkit/key-scene.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

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

describe('a body under the default type of a tool for forms', () => {
  it('is refused where JSON is read, and not left aside: another DEK than the one it names would be wrapped', async () => {
    const { id } = await scene.addKey();
    const body = { plaintext: 'QUJD' };
    const refused = await http.send('POST', `/keys/${id}/actions/wrap`, { body, headers: FORM });
    expect(reasonOf(refused).slice(0, 2)).toEqual([415, 'MEDIA_TYPE']);
    const taken = await http.send('POST', `/keys/${id}/actions/wrap`, { body });
    expect([taken.status, 'plaintext' in taken.body]).toEqual([200, false]);
  });

  it('is refused also where the body may be absent', async () => {
    const refused = await http.send('POST', '/import_token', { body: { expiration: 1000 }, headers: FORM });
    expect(refused.status).toBe(415);
  });

  it('is no body where it is empty', async () => {
    const { id } = await scene.addKey();
    const taken = await http.send('POST', `/keys/${id}/actions/wrap`, { body: '', headers: FORM });
    expect([taken.status, 'plaintext' in taken.body]).toEqual([200, true]);
  });
});
