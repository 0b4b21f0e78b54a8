import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditRecords } from '../process/read-audit.ts';
import { type ServerProcess, startServerProcess } from '../process/server-process.ts';
import { clientsAreMissing, loadCore } from './published-clients.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'rootward-token-'));
let server: ServerProcess;

describe.skipIf(clientsAreMissing).each([2, 5] as const)('ibm-cloud-sdk-core %i', (version) => {
  beforeAll(async () => {
    server ??= await startServerProcess(dataDir);
  });

  it('logs in by URL and API key, and keeps its token', async () => {
    const { IamTokenManager } = loadCore(version);
    const manager = new IamTokenManager({ apikey: server.said.apiKey, url: server.said.url });
    const before = countLogins();
    const first = await manager.getToken();
    const again = await manager.getToken();
    expect(again).toBe(first);
    const [, claims = ''] = first.split('.');
    const { iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { iat: number; exp: number };
    expect(exp - iat).toBe(3600);
    expect(countLogins() - before).toBe(1);
  });

  it('puts the token on a request that the server accepts', async () => {
    const { IamAuthenticator } = loadCore(version);
    const request = { headers: {} as Record<string, string> };
    await new IamAuthenticator({ apikey: server.said.apiKey, url: server.said.url }).authenticate(request);
    const response = await fetch(`${server.said.url}/v2/resource_instances`, { headers: request.headers });
    expect(response.status).toBe(200);
  });

  it('takes the URL of the token endpoint as well as the URL of the server', async () => {
    const { IamTokenManager } = loadCore(version);
    const url = `${server.said.url}/identity/token`;
    expect(await new IamTokenManager({ apikey: server.said.apiKey, url }).getToken()).toMatch(/^ey/);
  });

  it('tells people that an API key could not be found', async () => {
    const { IamTokenManager } = loadCore(version);
    const manager = new IamTokenManager({ apikey: 'not-a-key', url: server.said.url });
    await expect(manager.getToken()).rejects.toMatchObject({
      message: expect.stringContaining('Provided API key could not be found'),
      status: 400,
    });
  });
});

afterAll(async () => {
  await server?.end('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

function countLogins(): number {
  return [...auditRecords(dataDir)].filter(({ action, outcome }) => /login|token/.test(action) && outcome === 'success').length;
}
