import { randomBytes } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { expect, vi } from 'vitest';
import { publicKeyId } from './state/snapshot.ts';
import { connect } from './testkit/plugin.ts';
import { codeOf, pause, ready, scene, untilStatus } from './testkit/scene.ts';

const soon = { timeout: 5000, interval: 20 };

scene('what one node seals, every node of the cluster opens, by version 1 and 2', async ({ server, node }) => {
  const activation = server.activate(server.createKey());
  const [a, b] = [await node(), await node()];
  await ready(a);
  await ready(b);
  const seed = randomBytes(32);
  const sealed = await a.seal(seed);
  expect(sealed.keyId).toBe(publicKeyId(activation));
  expect(sealed.ciphertext.length).toBeLessThanOrEqual(512);
  expect(await b.open(sealed)).toEqual(seed);
  const old = await b.v1.call<{ cipher: Uint8Array }>('Encrypt', { version: 'v1beta1', plain: Buffer.from('ping') });
  const back = await a.v1.call<{ plain: Uint8Array }>('Decrypt', { version: 'v1beta1', cipher: old.cipher });
  expect(Buffer.from(back.plain).toString()).toBe('ping');
  expect(await a.v1.call('Version', { version: 'v1beta1' })).toMatchObject({ version: 'v1beta1', runtimeName: 'rootward' });
  expect(await a.v2.call('Status', {})).toMatchObject({ version: 'v2', healthz: 'ok', keyId: sealed.keyId });
});

scene(
  'what an apiserver seals is opened after restarts with one unwrap, and sealed without a new local KEK',
  async ({ server, node }) => {
    server.activate(server.createKey());
    const a = await node();
    await ready(a);
    const seed = randomBytes(32);
    const sealed = await a.seal(seed);
    await a.restart({ probeIntervalMs: 60_000 });
    const wraps = server.counts.wrap;
    await ready(a);
    expect(await a.open(sealed)).toEqual(seed);
    expect((await a.seal(seed)).ciphertext.subarray(0, 100)).toEqual(sealed.ciphertext.subarray(0, 100));
    // The probe wraps its canary once; nothing else wraps.
    expect(server.counts.wrap - wraps).toBe(1);
  },
);

scene('thousands of blobs of another node cost one unwrap', async ({ server, node }) => {
  server.activate(server.createKey());
  const a = await node({ probeIntervalMs: 60_000 });
  await ready(a);
  const sealed = await a.seal(randomBytes(32));
  const b = await node({ probeIntervalMs: 60_000 });
  await ready(b);
  await pause(500);
  const before = server.counts.unwrap;
  await Promise.all(Array.from({ length: 200 }, () => b.open(sealed)));
  expect(server.counts.unwrap - before).toBe(1);
});

scene('a rotation is followed on every node, and data of the old version still opens', async ({ server, node }) => {
  const key = server.createKey();
  server.activate(key);
  const [a, b] = [await node(), await node()];
  await ready(a);
  await ready(b);
  const old = await a.seal(Buffer.from('old'));
  server.rotate(key);
  const keyId = publicKeyId(server.activate(key));
  for (const each of [a, b]) await vi.waitUntil(async () => (await each.keyId()) === keyId, soon);
  const fresh = await a.seal(Buffer.from('new'));
  expect(fresh.keyId).not.toBe(old.keyId);
  expect((await b.open(old)).toString()).toBe('old');
  expect((await b.open(fresh)).toString()).toBe('new');
});

scene('a key that was rotated before its activation is announced is not used under the old key id', async ({ server, node }) => {
  const key = server.createKey();
  const first = server.activate(key);
  server.rotate(key);
  const a = await node();
  await vi.waitUntil(async () => server.counts.wrap > 1, soon);
  expect(await codeOf(a.keyId())).toBe(status.UNAVAILABLE);
  const second = server.activate(key);
  await ready(a);
  expect(await a.keyId()).toBe(publicKeyId(second));
  expect(publicKeyId(second)).not.toBe(publicKeyId(first));
});

scene(
  'another root key takes over without a restart, and blobs of the former one are opened by the former one',
  async ({ server, node }) => {
    server.activate(server.createKey());
    const a = await node();
    await ready(a);
    const old = await a.seal(Buffer.from('old'));
    const keyId = publicKeyId(server.activate(server.createKey()));
    await vi.waitUntil(async () => (await a.keyId()) === keyId, soon);
    await a.restart();
    await ready(a);
    expect((await a.open(old)).toString()).toBe('old');
  },
);

scene('an activation never goes back, not even after a restart', async ({ server, node }) => {
  const key = server.createKey();
  server.activate(key, { number: 5 });
  const a = await node();
  await ready(a);
  const keyId = await a.keyId();
  server.activate(key, { number: 4 });
  await pause(400);
  expect(await a.keyId()).toBe(keyId);
  await a.restart();
  await pause(400);
  expect(await codeOf(a.keyId())).toBe(status.UNAVAILABLE);
  server.activate(key, { number: 1, epoch: 1 });
  await ready(a);
});

scene('a stored local KEK that the key service cannot open any more is replaced', async ({ server, node }) => {
  const key = server.createKey();
  server.activate(key);
  const a = await node();
  await ready(a);
  await a.plugin.stop();
  key.versions.set(key.current, randomBytes(32));
  await a.restart();
  await ready(a);
  const sealed = await a.seal(Buffer.from('fresh'));
  expect((await a.open(sealed)).toString()).toBe('fresh');
});

scene('without an activation Status says so', async ({ node }) => {
  const a = await node();
  await untilStatus(a, status.FAILED_PRECONDITION);
});

scene(
  'an apiserver of 1.28 or older, which names the socket as authority, is served where that is configured',
  async ({ server, node }) => {
    server.activate(server.createKey());
    const a = await node({ compatAuthority: true });
    await ready(a);
    const old = connect(a.config.socketPath, 'v2', a.config.socketPath);
    for (let each = 0; each < 5; each += 1) {
      const sealed = await old.call<{ ciphertext: Uint8Array; keyId: string }>('Encrypt', {
        plaintext: randomBytes(32),
        uid: 'u',
      });
      await old.call('Decrypt', { ciphertext: sealed.ciphertext, keyId: sealed.keyId, uid: 'u' });
    }
    old.close();
    const b = await node();
    const refused = connect(b.config.socketPath, 'v2', b.config.socketPath);
    expect(await codeOf(refused.call('Status', {}, 1000))).not.toBe(status.OK);
    refused.close();
  },
);

scene('malformed, foreign and changed ciphertexts are named as what they are', async ({ server, node }) => {
  server.activate(server.createKey());
  const a = await node();
  await ready(a);
  const sealed = await a.seal(Buffer.from('secret'));
  expect(await codeOf(a.open({ ...sealed, ciphertext: Buffer.from('hello') }))).toBe(status.INVALID_ARGUMENT);
  expect(await codeOf(a.open({ ...sealed, keyId: `rw1.${'a'.repeat(40)}` }))).toBe(status.INVALID_ARGUMENT);
  const changed = Buffer.from(sealed.ciphertext);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  expect(await codeOf(a.open({ ...sealed, ciphertext: changed }))).toBe(status.DATA_LOSS);
  expect(await codeOf(a.seal(Buffer.alloc(0)))).toBe(status.INVALID_ARGUMENT);
  expect(await codeOf(a.seal(Buffer.alloc(600)))).toBe(status.INVALID_ARGUMENT);
});
