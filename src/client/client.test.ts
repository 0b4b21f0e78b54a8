import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { RootwardError } from '../contract/errors.ts';
import { rotateKey } from '../contract/keys/rotate.ts';
import { wrapDek } from '../contract/keys/use/wrap.ts';
import { listAllRegistrations } from '../contract/registrations/list-all.ts';
import { removeRegistration } from '../contract/registrations/remove.ts';
import { createClient } from './client.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly authorization: string | undefined;
}
type Reply = (seen: Seen, count: number) => { status: number; body?: unknown; headers?: Record<string, string> };

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A real HTTP server that answers as it is told and remembers what it was asked. */
async function server(reply: Reply) {
  const seen: Seen[] = [];
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { method = '', url = '' } = request;
    const one = { method, url, body, authorization: request.headers.authorization };
    seen.push(one);
    const { status, body: answer, headers } = reply(one, seen.length);
    response.writeHead(status, headers);
    response.end(typeof answer === 'string' ? answer : answer === undefined ? undefined : JSON.stringify(answer));
  };
  const http = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  closers.push(() => http.close());
  return { seen, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` };
}

const token = (n: number) => ({ access_token: `token-${n}`, expires_in: 3600 });
const instance = { 'bluemix-instance': 'i1' };

describe('a call', () => {
  test('puts a CRN into the path as one percent-encoded part', async () => {
    const { url, seen } = await server(() => ({ status: 204 }));
    const client = createClient({ url: `${url}/`, token: 't' });
    const crn = 'crn:v1:bluemix:public:containers-kubernetes:us-south:a/1:c1::';
    expect(await client.call(removeRegistration, { headers: instance, params: { id: 'k', crn } })).toBeUndefined();
    expect(seen[0]?.url).toBe(`/api/v2/keys/k/registrations/${encodeURIComponent(crn)}`);
    expect(seen[0]?.url).not.toContain('a/1');
    expect(seen[0]?.authorization).toBe('Bearer t');
  });

  test('leaves absent query parameters out and escapes the others', async () => {
    const { url, seen } = await server(() => ({ status: 200, body: { metadata: {}, resources: [] } }));
    const client = createClient({ url, token: 't' });
    await client.call(listAllRegistrations, { headers: instance, query: { urlEncodedResourceCRNQuery: 'crn:*&a=b', limit: 5 } });
    expect(seen[0]?.url).toBe('/api/v2/keys/registrations?urlEncodedResourceCRNQuery=crn%3A*%26a%3Db&limit=5');
  });

  test('sends no body where there is none', async () => {
    const { url, seen } = await server(() => ({ status: 204 }));
    await createClient({ url, token: 't' }).call(rotateKey, { headers: instance, params: { id: 'k' } });
    expect(seen[0]?.body).toBe('');
  });
});

describe('a token', () => {
  test('is fetched once by the API-key grant, also by calls at the same time, and again at 80 % of its life', async () => {
    let now = 1_000_000;
    const { url, seen } = await server(({ url: path }, count) =>
      path === '/identity/token' ? { status: 200, body: token(count) } : { status: 200, body: { ciphertext: 'c' } },
    );
    const client = createClient({ url, apiKey: 'secret key', now: () => now });
    const wrap = () => client.call(wrapDek, { headers: instance, params: { id: 'k' } });
    await Promise.all([wrap(), wrap()]);
    now += 2_879_000;
    await wrap();
    const grants = () => seen.filter(({ url: path }) => path === '/identity/token');
    expect(grants()).toHaveLength(1);
    expect(grants()[0]?.body).toBe('grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey=secret+key');
    expect(seen.at(-1)?.authorization).toBe('Bearer token-1');
    now += 2_000;
    await wrap();
    expect(grants()).toHaveLength(2);
    expect(seen.at(-1)?.authorization).not.toBe('Bearer token-1');
  });

  test('that could not be fetched is tried again by the next call', async () => {
    const { url } = await server(({ url: path }, count) => {
      if (path !== '/identity/token') return { status: 200, body: { ciphertext: 'c' } };
      return count === 1 ? { status: 503 } : { status: 200, body: token(count) };
    });
    const client = createClient({ url, apiKey: 'k' });
    const wrap = () => client.call(wrapDek, { headers: instance, params: { id: 'k' } });
    await expect(wrap()).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    expect(await wrap()).toEqual({ ciphertext: 'c' });
  });
});

describe('a failure', () => {
  test('is the error that the server threw', async () => {
    const reasons = [{ code: 'KEY_ACTION_INVALID_STATE_ERR', message: 'The key is suspended.', status: 409, moreInfo: '' }];
    const { url } = await server(() => ({ status: 409, body: { metadata: {}, resources: [{ errorMsg: 'Conflict', reasons }] } }));
    const failed = createClient({ url, token: 't' }).call(rotateKey, { headers: instance, params: { id: 'k' } });
    await expect(failed).rejects.toMatchObject({ code: 'KEY_STATE', message: 'The key is suspended.' });
    await expect(failed).rejects.toBeInstanceOf(RootwardError);
  });

  test('to connect names the origin, never the token', async () => {
    const { url } = await server(() => ({ status: 204 }));
    for (const close of closers.splice(0)) close();
    const error = await createClient({ url, token: 'top-secret' })
      .call(rotateKey, { headers: instance, params: { id: 'k' } })
      .then(undefined, (thrown: RootwardError) => thrown);
    expect(error).toMatchObject({ code: 'SERVER_UNREACHABLE' });
    expect((error as RootwardError).message).toContain(url);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('top-secret');
  });

  test('in the middle of the way is no server of ours', async () => {
    const { url } = await server(() => ({ status: 200, body: '<html>' }));
    const failed = createClient({ url, token: 't' }).call(wrapDek, { headers: instance, params: { id: 'k' } });
    await expect(failed).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
  });
});
