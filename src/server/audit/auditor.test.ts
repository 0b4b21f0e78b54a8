import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { createServiceId } from '../../contract/service-ids/create.ts';
import { listServiceIds } from '../../contract/service-ids/list.ts';
import { listOutbox } from '../../store/audit.ts';
import { openSqliteStore } from '../../store/store.ts';
import type { Handler } from '../handler.ts';
import { createMetrics } from '../operate/metrics.ts';
import { createPipeline } from '../pipeline.ts';
import { startTestServer, type TestServer } from '../testkit/test-server.ts';
import { type Auditor, createAuditor } from './auditor.ts';
import { recordLine } from './chain/record-line.ts';
import { freshDirectory, MemoryCheckpoints, openSample, sampleRecord } from './sample-audit.ts';

/** The server's handlers behind another auditor. */
function behind(server: TestServer, auditor: Auditor) {
  const handlers: readonly Handler[] = [...server.pipeline.handlers.values()];
  const { store, decide, authenticate, clock } = server;
  const newId = server.iam.newId;
  return createPipeline(handlers, { store, decide, authenticate, auditor, metrics: createMetrics(), now: clock.now, newId });
}

const ask = (token: string, body?: unknown) => ({
  token,
  correlationId: 'c1',
  host: { address: '127.0.0.1', agent: 'test', network: 'public' as const },
  params: {},
  query: {},
  headers: {},
  body,
});

const found = (pipeline: ReturnType<typeof behind>, name: string): Handler => {
  const handler = pipeline.handlers.get(name);
  if (!handler) throw new Error(`no handler ${name}`);
  return handler;
};

describe('the record of a change', () => {
  it('is written in its own transaction: what rolls back leaves neither', async () => {
    await using server = await startTestServer();
    const [directory, checkpoints] = [freshDirectory(), new MemoryCheckpoints()];
    const log = await openSample(directory, checkpoints);
    const auditor = createAuditor({ store: server.store, log, newId: server.iam.newId, region: 'us-south' });
    const failing: Auditor = {
      ...auditor,
      outbox: async (tx, record) => {
        await auditor.outbox(tx, record);
        throw new Error('the power went out');
      },
    };
    const pipeline = behind(server, failing);
    const create = pipeline.serve(found(pipeline, createServiceId.name), ask(server.ownerToken, { name: 'ghost' }));
    await expect(create).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(await listOutbox(server.store.db)).toEqual([]);
    const { output } = await server.call(listServiceIds, server.ownerToken, {});
    expect(JSON.stringify(output)).not.toContain('ghost');
    await log.close();
  });

  it('comes into the chain exactly once, whether the crash was before or after it got there', async () => {
    const directory = freshDirectory();
    const checkpoints = new MemoryCheckpoints();
    const store = await openSqliteStore(`${directory}.db`);
    const open = () => openSample(directory, checkpoints, { checkpointEveryMs: 60_000 });
    const before = await open();
    const auditorOf = (log: typeof before) => createAuditor({ store, log, newId: () => 'x', region: 'us-south' });
    const first = auditorOf(before);
    await store.change([], async (tx) => {
      await first.outbox(tx, recordLine(sampleRecord('in-both')));
      await first.outbox(tx, recordLine(sampleRecord('in-outbox')));
    });
    await before.append(sampleRecord('in-both'));
    // A crash: neither the log nor the auditor is closed. The same files are opened again.
    const after = await open();
    expect(await auditorOf(after).recover()).toBe(1);
    expect([after.knows('in-both'), after.knows('in-outbox'), after.head().count]).toEqual([true, true, 2]);
    expect(await listOutbox(store.db)).toEqual([]);
    expect(await auditorOf(after).recover()).toBe(0);
    await after.close();
    await store.close();
  });

  it('leaves the outbox soon after it is in the chain', async () => {
    await using server = await startTestServer();
    await server.call(createServiceId, server.ownerToken, { body: { name: 'one' } });
    await sleep(700);
    expect(await listOutbox(server.store.db)).toEqual([]);
    expect((await server.auditRecords()).filter(({ action }) => action === 'iam-identity.serviceid.create')).toHaveLength(1);
  });
});

describe('a change that is committed', () => {
  it('is answered and its listeners are told, though its record cannot reach the chain yet; readiness says so', async () => {
    await using server = await startTestServer();
    const directory = freshDirectory();
    const log = await openSample(directory, new MemoryCheckpoints(), { maxFileBytes: 1 });
    const auditor = createAuditor({ store: server.store, log, newId: server.iam.newId, region: 'us-south' });
    const pipeline = behind(server, auditor);
    const handler = found(pipeline, createServiceId.name);
    let told = 0;
    const after = (): void => {
      told += 1;
    };
    const telling = createPipeline([{ ...handler, run: async (...of) => ({ ...(await handler.run(...of)), after }) }], {
      ...server,
      auditor,
      metrics: createMetrics(),
      now: server.clock.now,
      newId: server.iam.newId,
    });
    const create = (name: string) => telling.serve(found(telling, createServiceId.name), ask(server.ownerToken, { name }));
    await create('one');
    expect([told, auditor.problems()]).toEqual([1, []]);
    renameSync(directory, `${directory}.away`);
    writeFileSync(directory, 'in the way of the next file');
    expect((await create('two')).output).toMatchObject({ name: 'two' });
    expect(told).toBe(2);
    expect(auditor.problems()).toEqual(['the audit log cannot be written', expect.stringMatching(/^1 audit records/)]);
    rmSync(directory);
    renameSync(`${directory}.away`, directory);
    await vi.waitFor(() => expect(auditor.problems()).toEqual([]), { timeout: 5000, interval: 50 });
    expect(log.head().count).toBe(2);
    await auditor.close();
  });
});

describe('without a durable record', () => {
  it('the result is withheld, and the caller may try again', async () => {
    await using server = await startTestServer();
    const log = await openSample(freshDirectory(), new MemoryCheckpoints());
    await log.close();
    const auditor = createAuditor({ store: server.store, log, newId: server.iam.newId, region: 'us-south' });
    const pipeline = behind(server, auditor);
    const read = pipeline.serve(found(pipeline, listServiceIds.name), ask(server.ownerToken));
    await expect(read).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE', row: { http: 503, retry: 'yes' } });
  });

  it('a refusal stands, and says that it is not on record', async () => {
    await using server = await startTestServer();
    const log = await openSample(freshDirectory(), new MemoryCheckpoints());
    await log.close();
    const auditor = createAuditor({ store: server.store, log, newId: server.iam.newId, region: 'us-south' });
    const pipeline = behind(server, auditor);
    const denied = pipeline.serve(found(pipeline, listServiceIds.name), ask('not a token'));
    await expect(denied).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  });
});
