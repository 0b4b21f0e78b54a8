import { status } from '@grpc/grpc-js';
import { expect } from 'vitest';
import { codeOf, pause, ready, scene, untilStatus } from './testkit/scene.ts';

scene('the server is away at the start: calls fail as UNAVAILABLE, and work as soon as it is there', async ({ server, node }) => {
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
  scene(`a verdict by event cuts the lease at once: ${state}`, async ({ server, node }) => {
    const key = server.createKey();
    server.activate(key);
    const a = await node({ probeIntervalMs: 60_000 });
    await ready(a);
    const sealed = await a.seal(Buffer.from('secret'));
    server.setState(key, state as keyof typeof CUTS);
    await untilStatus(a, code, 1000);
    expect(await codeOf(a.seal(Buffer.from('x')))).toBe(code);
    expect(await codeOf(a.open(sealed))).toBe(code);
    server.setState(key, 'active');
    await untilStatus(a, status.OK, 3000);
    expect((await a.open(sealed)).toString()).toBe('secret');
  });
}

scene('a removed authorization is PERMISSION_DENIED, and its return brings everything back', async ({ server, node }) => {
  server.activate(server.createKey());
  const a = await node();
  await ready(a);
  const sealed = await a.seal(Buffer.from('secret'));
  server.authorized = false;
  await untilStatus(a, status.PERMISSION_DENIED);
  expect(await codeOf(a.open(sealed))).toBe(status.PERMISSION_DENIED);
  server.authorized = true;
  server.bump();
  await ready(a);
  expect((await a.open(sealed)).toString()).toBe('secret');
});

scene('suspended, seen twice in answers five seconds apart, cuts without any verdict', async ({ server, node }) => {
  const key = server.createKey();
  server.activate(key);
  server.verdicts = false;
  const a = await node();
  await ready(a);
  server.setState(key, 'suspended');
  await pause(1500);
  expect(await codeOf(a.keyId())).toBe(status.OK);
  await untilStatus(a, status.FAILED_PRECONDITION, 6000);
  server.setState(key, 'active');
  await ready(a);
});

for (const fault of ['hang', '503', 'other-server', 'no-server-id', 'unknown-instance', 'drop', 'html'] as const) {
  scene(`${fault} never cuts a lease: it lets it run out, then calls are UNAVAILABLE`, async ({ server, node }) => {
    server.activate(server.createKey());
    server.kekLeaseSeconds = 3;
    const a = await node();
    await ready(a);
    const sealed = await a.seal(Buffer.from('secret'));
    server.fault = fault;
    server.stateFault = fault === 'unknown-instance' ? 'none' : fault;
    await pause(1500);
    expect(await codeOf(a.keyId())).toBe(status.OK);
    expect((await a.open(sealed)).toString()).toBe('secret');
    await untilStatus(a, status.UNAVAILABLE, 5000);
    expect(await codeOf(a.open(sealed))).toBe(status.UNAVAILABLE);
    server.fault = 'none';
    server.stateFault = 'none';
    await untilStatus(a, status.OK, 12_000);
    expect((await a.open(sealed)).toString()).toBe('secret');
  });
}

for (const verdicts of [true, false]) {
  scene(`expired stops renewal, does not cut (${verdicts ? 'by verdict' : 'by answers'})`, async ({ server, node }) => {
    const key = server.createKey();
    server.activate(key);
    server.kekLeaseSeconds = 3;
    server.verdicts = verdicts;
    const a = await node();
    await ready(a);
    const sealed = await a.seal(Buffer.from('secret'));
    server.setState(key, 'deactivated');
    await pause(1500);
    expect((await a.open(sealed)).toString()).toBe('secret');
    await untilStatus(a, status.FAILED_PRECONDITION, 4000);
    await pause(500);
    expect(await codeOf(a.open(sealed))).toBe(status.FAILED_PRECONDITION);
    if (!verdicts) return;
    await a.restart();
    await pause(500);
    expect(await codeOf(a.open(sealed))).toBe(status.FAILED_PRECONDITION);
  });
}

scene('a token that the server forgot is replaced without a failed call', async ({ server, node }) => {
  server.activate(server.createKey());
  const a = await node();
  await ready(a);
  server.dropTokens();
  await pause(1000);
  expect(await codeOf(a.keyId())).toBe(status.OK);
});
