import { expect, it, onTestFinished } from 'vitest';
import { createServiceId } from '../../../contract/service-ids/create.ts';
import { listServiceIds } from '../../../contract/service-ids/list.ts';
import { createMetrics } from '../../operate/metrics.ts';
import { createPipeline } from '../../pipeline.ts';
import { startTestServer } from '../../testkit/test-server.ts';
import { createAuditor } from '../auditor.ts';
import { freshDirectory, MemoryCheckpoints, openSample } from '../sample-audit.ts';
import { watchFreeSpace } from './free-space.ts';

const MEBIBYTE = 1024 * 1024;

it.each([
  { free: 63, total: 100_000, isShort: true },
  { free: 65, total: 100_000, isShort: false },
  { free: 4, total: 100, isShort: true },
  { free: 6, total: 100, isShort: false },
])('$free of $total MiB free is too little: $isShort', async ({ free, total, isShort }) => {
  const space = await watchFreeSpace('/', async () => ({ bavail: free, blocks: total, bsize: MEBIBYTE }));
  onTestFinished(() => space.close());
  expect(space.isShort).toBe(isShort);
});

it('without room for records nothing is done, and nothing is written, until there is', async () => {
  await using server = await startTestServer();
  const { store, decide, authenticate, clock } = server;
  const newId = server.iam.newId;
  const log = await openSample(freshDirectory(), new MemoryCheckpoints());
  onTestFinished(() => log.close());
  const space = { isShort: true, close: () => undefined };
  const auditor = createAuditor({ store, log, newId, region: 'us-south', space });
  const handlers = [...server.pipeline.handlers.values()];
  const pipeline = createPipeline(handlers, {
    store,
    decide,
    authenticate,
    auditor,
    metrics: createMetrics(),
    now: clock.now,
    newId,
  });
  const ask = (name: string, token: string, body?: unknown) => {
    const handler = pipeline.handlers.get(name);
    if (!handler) throw new Error(`no handler ${name}`);
    const host = { address: '192.0.2.1', agent: 'test', network: 'public' as const };
    return pipeline.serve(handler, { token, correlationId: 'c1', host, params: {}, query: {}, headers: {}, body });
  };
  const refused = { code: 'AUDIT_UNAVAILABLE', row: { http: 503, retry: 'yes' } };
  await expect(ask(createServiceId.name, server.ownerToken, { name: 'ghost' })).rejects.toMatchObject(refused);
  await expect(ask(listServiceIds.name, server.ownerToken)).rejects.toMatchObject(refused);
  await expect(ask(listServiceIds.name, 'not a token')).rejects.toMatchObject(refused);
  expect(log.head().count).toBe(0);
  expect(auditor.problems()).toEqual([expect.stringContaining('nearly full')]);
  space.isShort = false;
  const { output } = await ask(listServiceIds.name, server.ownerToken);
  expect(JSON.stringify(output)).not.toContain('ghost');
  expect(auditor.problems()).toEqual([]);
});
