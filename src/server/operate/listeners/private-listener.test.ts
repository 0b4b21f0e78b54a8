import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PemConverter, X509CertificateGenerator } from '@peculiar/x509';
import type { FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHttp } from '../../http.ts';
import { type KeyScene, openKeyScene } from '../../kms/testkit/key-scene.ts';
import { createLog } from '../../log.ts';
import { type CompanionSocket, listenForCompanions } from './companion-socket.ts';
import { checkProxies } from './listen.ts';
import { createPrivateListener, type PrivateListener } from './private-listener.ts';

let scene: KeyScene;
let keyId: string;
beforeAll(async () => {
  scene = await openKeyScene();
  ({ id: keyId } = await scene.addKey());
});
afterAll(() => scene[Symbol.asyncDispose]());

let directory: string;
let http: FastifyInstance;
let publicUrl: string;
let privateListener: PrivateListener;
let companions: CompanionSocket;

async function open(trustedProxies: readonly string[] = []): Promise<void> {
  directory = mkdtempSync(join(tmpdir(), 'rootward-net-'));
  http = createHttp({
    pipeline: scene.server.pipeline,
    serverId: 'server-1',
    newId: () => crypto.randomUUID(),
    log: createLog({ level: 'error', destination: { write: () => undefined } }),
    trustedProxies,
  });
  publicUrl = await http.listen({ host: '127.0.0.1', port: 0 });
  privateListener = createPrivateListener({ privateListen: '127.0.0.1:0' }, undefined);
  await privateListener.listen(http);
  companions = await listenForCompanions(http, directory);
}

async function shut(): Promise<void> {
  await privateListener.close();
  await companions.close();
  await http.close();
  rmSync(directory, { recursive: true, force: true });
}

const headers = (): Record<string, string> => ({ ...scene.headers, authorization: `Bearer ${scene.server.ownerToken}` });

async function status(base: string, more: Record<string, string> = {}): Promise<number> {
  return (await fetch(`${base}/api/v2/keys`, { headers: { ...headers(), ...more } })).status;
}

function statusAtSocket(): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ socketPath: join(directory, 'server.sock'), path: '/api/v2/keys', headers: headers(), agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

async function setPolicy(policy_type: string, enabled: boolean, attributes: object = {}): Promise<void> {
  const reply = await fetch(`${privateListener.url}/api/v2/instance/policies`, {
    method: 'PUT',
    headers: { ...headers(), 'content-type': 'application/json' },
    body: JSON.stringify({
      metadata: { collectionType: 'application/vnd.ibm.kms.policy+json', collectionTotal: 1 },
      resources: [{ policy_type, policy_data: { enabled, attributes } }],
    }),
  });
  expect(reply.status).toBe(204);
}

describe('two listeners', () => {
  beforeEach(() => open());
  afterEach(async () => {
    await setPolicy('allowedNetwork', false);
    await setPolicy('allowedIP', false);
    await shut();
  });

  it('serve the same while nothing is said about networks', async () => {
    expect([await status(publicUrl), await status(privateListener.url ?? ''), await statusAtSocket()]).toEqual([200, 200, 200]);
    expect(privateListener.port()).toBe(Number(new URL(privateListener.url ?? '').port));
  });

  it('are told apart by a policy for the private network only, in the words of the key service', async () => {
    await setPolicy('allowedNetwork', true, { allowed_network: 'private-only' });
    expect([await status(publicUrl), await status(privateListener.url ?? ''), await statusAtSocket()]).toEqual([401, 200, 200]);
    const refused = await fetch(`${publicUrl}/api/v2/keys`, { headers: headers() });
    const { resources } = (await refused.json()) as { resources: { errorMsg: string; reasons?: unknown }[] };
    expect(resources[0]?.errorMsg).toMatch(/^Unauthorized: .*network policy/);
    expect(resources[0]?.reasons).toBeUndefined();
  });

  it('do not believe what a request says about its way', async () => {
    await setPolicy('allowedNetwork', true, { allowed_network: 'private-only' });
    for (const claim of ['x-forwarded-for', 'x-real-ip', 'forwarded', 'x-network'])
      expect(await status(publicUrl, { [claim]: 'unix' })).toBe(401);
    await setPolicy('allowedNetwork', false);
    await setPolicy('allowedIP', true, { allowed_ip: ['192.0.2.0/24'] });
    expect(await status(publicUrl, { 'x-forwarded-for': '192.0.2.1' })).toBe(401);
    expect(await status(privateListener.url ?? '')).toBe(200);
    await setPolicy('allowedIP', true, { allowed_ip: ['127.0.0.0/8'] });
    expect(await status(publicUrl)).toBe(200);
  });

  it('do not take one whose peer has gone for one of the private network', async () => {
    await setPolicy('allowedNetwork', true, { allowed_network: 'private-only' });
    const lines = [`POST /api/v2/keys/${keyId}/actions/disable HTTP/1.1`, 'host: a', 'content-length: 0'];
    const head = [...lines, ...Object.entries(headers()).map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
    for (let time = 0; time < 20; time += 1) {
      await new Promise<void>((resolve, reject) => {
        const socket = connect(Number(new URL(publicUrl).port), '127.0.0.1', () => {
          socket.write(head);
          socket.resetAndDestroy();
        });
        socket.once('error', reject);
        socket.once('close', () => resolve());
      });
    }
    await sleep(200);
    expect(await keyByPrivate()).toMatchObject({ state: 1 });
  });
});

async function keyByPrivate(): Promise<unknown> {
  const reply = await fetch(`${privateListener.url}/api/v2/keys/${keyId}/metadata`, { headers: headers() });
  return ((await reply.json()) as { resources: unknown[] }).resources[0];
}

describe('behind a proxy that is trusted', () => {
  beforeEach(() => open(['127.0.0.1/8']));
  afterEach(async () => {
    await setPolicy('allowedIP', false);
    await shut();
  });

  it('who asks is whom the proxy names last, and a client cannot put words before that', async () => {
    await setPolicy('allowedIP', true, { allowed_ip: ['192.0.2.0/24'] });
    expect(await status(publicUrl, { 'x-forwarded-for': '192.0.2.1' })).toBe(200);
    expect(await status(publicUrl, { 'x-forwarded-for': '192.0.2.1, 198.51.100.1' })).toBe(401);
    expect(await status(publicUrl, { 'x-forwarded-for': 'nonsense' })).toBe(401);
    expect(await status(publicUrl)).toBe(401);
  });
});

async function selfSigned(): Promise<{ cert: string; key: string }> {
  const signingAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = (await webcrypto.subtle.generateKey(signingAlgorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const certificate = await X509CertificateGenerator.createSelfSigned({ name: 'CN=localhost', signingAlgorithm, keys });
  const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { cert: certificate.toString('pem'), key };
}

it('trusted proxies that are no CIDRs are refused by the name of the setting', () => {
  expect(checkProxies(['10.0.0.0/8', '::1'])).toHaveLength(2);
  expect(() => checkProxies(['10.0.0.0/8', 'proxy.example'])).toThrow(/trustedProxies .* proxy\.example/);
});

describe('the setting privateListen', () => {
  it('is refused without TLS beyond this machine, and where it is no address', () => {
    for (const privateListen of ['0.0.0.0:8443', '[::]:8443', 'nowhere'])
      expect(() => createPrivateListener({ privateListen }, undefined)).toThrow(/privateListen/);
  });

  it('may be absent: there is no listener then, and clients are told the usual port, or the one that is set', async () => {
    const none = createPrivateListener({}, undefined);
    await open();
    await none.listen(http);
    expect([none.url, none.port(), createPrivateListener({ allowedIpPort: 4433 }, undefined).port()]).toEqual([
      undefined,
      15_008,
      4433,
    ]);
    await none.close();
    await shut();
  });

  it('serves TLS where the public listener does', async () => {
    await open();
    const listener = createPrivateListener({ privateListen: '127.0.0.1:0' }, await selfSigned());
    await listener.listen(http);
    expect(listener.url).toMatch(/^https:/);
    await setPolicy('allowedNetwork', true, { allowed_network: 'private-only' });
    const code = await new Promise((resolve, reject) => {
      tlsRequest(`${listener.url}/api/v2/keys`, { headers: headers(), rejectUnauthorized: false, agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(code).toBe(200);
    await setPolicy('allowedNetwork', false);
    await listener.close();
    await shut();
  });

  it('names the port that is taken', async () => {
    await open();
    const taken = new URL(privateListener.url ?? '').host;
    await expect(createPrivateListener({ privateListen: taken }, undefined).listen(http)).rejects.toMatchObject({
      code: 'PORT_TAKEN',
    });
    await shut();
  });
});
