import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../src/contract/operations.ts';
import { openapiFile } from '../../tools/generate/operations.ts';
import { rawRequest } from '../process/raw-request.ts';
import { type ServerProcess, startServerProcess } from '../process/server-process.ts';

let dataDir: string;
let server: ServerProcess;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'rootward-reference-'));
  server = await startServerProcess(dataDir);
});
afterAll(async () => {
  await server.end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
});

/** Asks at every address of every operation, as somebody without a token. */
function addresses(): { method: string; path: string; isPublic: boolean }[] {
  return OPERATIONS.flatMap(({ http, action, api }) =>
    [http.path, ...(http.aliases ?? [])]
      .flatMap((path) => (api === 'containers' ? [path, `/global${path}`] : [path]))
      .map((path) => ({ method: http.method, path: path.replaceAll(/:\w+/g, 'x'), isPublic: action === 'public' })),
  );
}

describe('the reference of a running server', () => {
  it('is there for everybody, and is the one that is kept in docs/reference', async () => {
    const document = await rawRequest(`${server.said.url}/openapi.json`, 'GET', {});
    expect(document.status).toBe(200);
    expect(JSON.parse(document.text)).toEqual(JSON.parse(openapiFile()));
    const page = await rawRequest(`${server.said.url}/docs`, 'GET', {});
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  });

  it('names no address that the server does not have: without a token each one is refused in its own words, or public', async () => {
    for (const { method, path, isPublic } of addresses()) {
      // The request checks the answer by the reference of the operation that lives there.
      const { status, text } = await rawRequest(server.said.url + path, method, {});
      expect([method, path, text.includes('ROUTE_NOT_FOUND')]).toEqual([method, path, false]);
      if (!isPublic) expect([method, path, status]).toEqual([method, path, 401]);
    }
  });
});
