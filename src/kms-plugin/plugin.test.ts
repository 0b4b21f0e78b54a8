import { randomBytes } from 'node:crypto';
import { type ServiceError, status } from '@grpc/grpc-js';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KeyServer } from './fixture/key-server.ts';
import { type Node, startNode } from './fixture/plugin.ts';
import { publicKeyId } from './snapshot.ts';

let server: KeyServer;
let nodes: Node[];
const node = async (...change: Parameters<typeof startNode> extends [unknown, ...infer R] ? R : never): Promise<Node> => {
  const started = await startNode(server, ...change);
  nodes.push(started);
  return started;
};

/** The gRPC status that a call ends with; 0 for success. */
async function codeOf(call: Promise<unknown>): Promise<number> {
  try {
    await call;
    return status.OK;
  } catch (error) {
    return (error as ServiceError).code;
  }
}
const until = vi.waitUntil;
const soon = { timeout: 5000, interval: 20 };
const ready = async (each: Node): Promise<void> => {
  await until(async () => (await codeOf(each.keyId())) === status.OK, soon);
};

beforeEach(async () => {
  server = new KeyServer();
  nodes = [];
  await server.start();
});

afterEach(async () => {
  for (const each of nodes) await each.stop();
  await server.stop();
});

test('what one node seals, every node of the cluster opens, by version 1 and 2', async () => {
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

test('what an apiserver seals is opened after restarts with one unwrap, and sealed without a new local KEK', async () => {
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
});

test('thousands of blobs of another node cost one unwrap', async () => {
  server.activate(server.createKey());
  const a = await node({ probeIntervalMs: 60_000 });
  await ready(a);
  const sealed = await a.seal(randomBytes(32));
  const b = await node({ probeIntervalMs: 60_000 });
  await ready(b);
  const before = server.counts.unwrap;
  await Promise.all(Array.from({ length: 200 }, () => b.open(sealed)));
  expect(server.counts.unwrap - before).toBe(1);
});

test('a rotation is followed on every node, and data of the old version still opens', async () => {
  const key = server.createKey();
  server.activate(key);
  const [a, b] = [await node(), await node()];
  await ready(a);
  await ready(b);
  const old = await a.seal(Buffer.from('old'));
  server.rotate(key);
  const keyId = publicKeyId(server.activate(key));
  for (const each of [a, b]) await until(async () => (await each.keyId()) === keyId, soon);
  const fresh = await a.seal(Buffer.from('new'));
  expect(fresh.keyId).not.toBe(old.keyId);
  expect((await b.open(old)).toString()).toBe('old');
  expect((await b.open(fresh)).toString()).toBe('new');
});

test('a key that was rotated before its activation is announced is not used under the old key id', async () => {
  const key = server.createKey();
  const first = server.activate(key);
  server.rotate(key);
  const a = await node();
  await until(async () => server.counts.wrap > 1, soon);
  expect(await codeOf(a.keyId())).toBe(status.UNAVAILABLE);
  const second = server.activate(key);
  await ready(a);
  expect(await a.keyId()).toBe(publicKeyId(second));
  expect(publicKeyId(second)).not.toBe(publicKeyId(first));
});

test('another root key takes over without a restart, and blobs of the former one are opened by the former one', async () => {
  server.activate(server.createKey());
  const a = await node();
  await ready(a);
  const old = await a.seal(Buffer.from('old'));
  const keyId = publicKeyId(server.activate(server.createKey()));
  await until(async () => (await a.keyId()) === keyId, soon);
  await a.restart();
  await ready(a);
  expect((await a.open(old)).toString()).toBe('old');
});

test('an activation never goes back, not even after a restart', async () => {
  const key = server.createKey();
  server.activate(key, { number: 5 });
  const a = await node();
  await ready(a);
  const keyId = await a.keyId();
  server.activate(key, { number: 4 });
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(await a.keyId()).toBe(keyId);
  await a.restart();
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(await codeOf(a.keyId())).toBe(status.UNAVAILABLE);
  server.activate(key, { number: 1, epoch: 1 });
  await ready(a);
});

test('without an activation Status says so', async () => {
  const a = await node();
  await until(async () => (await codeOf(a.keyId())) === status.FAILED_PRECONDITION, soon);
});

test('the server is away at the start: calls fail as UNAVAILABLE, and work as soon as it is there', async () => {
  server.activate(server.createKey());
  server.fault = '503';
  server.stateFault = '503';
  const a = await node();
  expect(await codeOf(a.keyId())).toBe(status.UNAVAILABLE);
  expect(await codeOf(a.seal(Buffer.from('x')))).toBe(status.UNAVAILABLE);
  server.fault = 'none';
  server.stateFault = 'none';
  await ready(a);
});

const CUTS = { suspended: status.FAILED_PRECONDITION, destroyed: status.FAILED_PRECONDITION } as const;
for (const [state, code] of Object.entries(CUTS)) {
  test(`a verdict by event cuts the lease at once: ${state}`, async () => {
    const key = server.createKey();
    server.activate(key);
    const a = await node({ probeIntervalMs: 60_000 });
    await ready(a);
    const sealed = await a.seal(Buffer.from('secret'));
    server.setState(key, state as keyof typeof CUTS);
    await until(async () => (await codeOf(a.keyId())) === code, { timeout: 1000, interval: 10 });
    expect(await codeOf(a.seal(Buffer.from('x')))).toBe(code);
    expect(await codeOf(a.open(sealed))).toBe(code);
    server.setState(key, 'active');
    await until(async () => (await codeOf(a.keyId())) === status.OK, { timeout: 3000, interval: 10 });
    expect((await a.open(sealed)).toString()).toBe('secret');
  });
}

test('a removed authorization is PERMISSION_DENIED, and its return brings everything back', async () => {
  server.activate(server.createKey());
  const a = await node();
  await ready(a);
  const sealed = await a.seal(Buffer.from('secret'));
  server.authorized = false;
  await until(async () => (await codeOf(a.keyId())) === status.PERMISSION_DENIED, soon);
  expect(await codeOf(a.open(sealed))).toBe(status.PERMISSION_DENIED);
  server.authorized = true;
  server.bump();
  await ready(a);
  expect((await a.open(sealed)).toString()).toBe('secret');
});

test('suspended, seen twice in answers five seconds apart, cuts without any verdict', { timeout: 15_000 }, async () => {
  const key = server.createKey();
  server.activate(key);
  server.verdicts = false;
  const a = await node();
  await ready(a);
  server.setState(key, 'suspended');
  await new Promise((resolve) => setTimeout(resolve, 2000));
  expect(await codeOf(a.keyId())).toBe(status.OK);
  await until(async () => (await codeOf(a.keyId())) === status.FAILED_PRECONDITION, { timeout: 6000, interval: 50 });
  server.setState(key, 'active');
  await ready(a);
});

for (const fault of ['hang', '503', 'other-server', 'no-server-id', 'unknown-instance', 'drop', 'html'] as const) {
  test(`${fault} never cuts a lease: it lets it run out, then calls are UNAVAILABLE`, { timeout: 20_000 }, async () => {
    server.activate(server.createKey());
    server.kekLeaseSeconds = 4;
    const a = await node();
    await ready(a);
    const sealed = await a.seal(Buffer.from('secret'));
    server.fault = fault;
    server.stateFault = fault === 'unknown-instance' ? 'none' : fault;
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(await codeOf(a.keyId())).toBe(status.OK);
    expect((await a.open(sealed)).toString()).toBe('secret');
    await until(async () => (await codeOf(a.keyId())) === status.UNAVAILABLE, { timeout: 5000, interval: 50 });
    expect(await codeOf(a.open(sealed))).toBe(status.UNAVAILABLE);
    server.fault = 'none';
    server.stateFault = 'none';
    await until(async () => (await codeOf(a.keyId())) === status.OK, { timeout: 12_000, interval: 50 });
    expect((await a.open(sealed)).toString()).toBe('secret');
  });
}

for (const verdicts of [true, false]) {
  test(`expired stops renewal, does not cut (${verdicts ? 'by verdict' : 'by answers'})`, { timeout: 20_000 }, async () => {
    const key = server.createKey();
    server.activate(key);
    server.kekLeaseSeconds = 3;
    server.verdicts = verdicts;
    const a = await node();
    await ready(a);
    const sealed = await a.seal(Buffer.from('secret'));
    server.setState(key, 'deactivated');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect((await a.open(sealed)).toString()).toBe('secret');
    await until(async () => (await codeOf(a.keyId())) === status.FAILED_PRECONDITION, { timeout: 4000, interval: 50 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await codeOf(a.open(sealed))).toBe(status.FAILED_PRECONDITION);
    if (!verdicts) return;
    await a.restart();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await codeOf(a.open(sealed))).toBe(status.FAILED_PRECONDITION);
  });
}

test('a token that the server forgot is replaced without a failed call', async () => {
  server.activate(server.createKey());
  const a = await node();
  await ready(a);
  server.dropTokens();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(await codeOf(a.keyId())).toBe(status.OK);
});

test('malformed, foreign and changed ciphertexts are named as what they are', async () => {
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
