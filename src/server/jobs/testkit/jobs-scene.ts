import { randomUUID } from 'node:crypto';
import { Registry } from 'prom-client';
import type { Store } from '../../../store/store.ts';
import type { ClockGuard } from '../../clock/clock-guard.ts';
import { type KeyScene, openKeyScene } from '../../kms/testkit/key-scene.ts';
import type { TestServer, TestServerOptions } from '../../testkit/test-server.ts';
import type { JobName } from '../job.ts';
import { createJobMetrics } from '../job-metrics.ts';
import { keyServiceJobs } from '../list.ts';
import { createScheduler, type Scheduler } from '../scheduler.ts';

export const MINUTE = 60_000;
export const DAY = 86_400_000;

export interface SchedulerOptions {
  readonly store?: Store;
  readonly clock?: ClockGuard;
  readonly confirmMs?: number;
  readonly batchSize?: number;
}

/** A server with one KMS instance, and a scheduler that runs only when a test says so. */
export interface JobsScene extends KeyScene {
  readonly scheduler: Scheduler;
  readonly logged: string[];
  /** Another process on the same store. */
  another(options?: SchedulerOptions): Scheduler & { readonly registry: Registry };
  /** Two looks, as far apart as what cannot be undone needs. */
  twoPasses(): Promise<void>;
  addRotation(keyId: string, months: number): Promise<void>;
  job(name: JobName): Promise<{ readonly last_error: string | null; readonly attempts: number; readonly fence: number }>;
  /** Actions of the audit records that the scheduler wrote for a key. */
  done(keyId: string): Promise<string[]>;
}

export async function openJobs(options: TestServerOptions & SchedulerOptions = {}): Promise<JobsScene> {
  const scene = await openKeyScene(options);
  const { server } = scene;
  const logged: string[] = [];
  const another: JobsScene['another'] = (own = {}) => schedulerOn(server, own, logged);
  const scheduler = another(options);
  return {
    ...scene,
    scheduler,
    logged,
    another,
    async twoPasses() {
      await scheduler.pass();
      await scene.advance(10 * MINUTE);
      await scheduler.pass();
    },
    async addRotation(keyId, months) {
      const now = server.clock.now();
      const { instance_id, account_id } = await server.store.db
        .selectFrom('keys')
        .select(['instance_id', 'account_id'])
        .where('id', '=', keyId)
        .executeTakeFirstOrThrow();
      const made = { created_at: now, created_by: 'test', updated_at: now, updated_by: 'test' };
      await server.store.change(['keys'], async (tx) => {
        await tx
          .insertInto('key_policies')
          .values({
            key_id: keyId,
            type: 'rotation',
            id: randomUUID(),
            instance_id,
            account_id,
            enabled: 1,
            interval_month: months,
            next_rotation_at: now + months * 30 * DAY,
            ...made,
          })
          .execute();
      });
    },
    job: (name) => server.store.db.selectFrom('jobs').selectAll().where('name', '=', name).executeTakeFirstOrThrow(),
    async done(keyId) {
      const records = (await server.auditRecords()) as {
        action: string;
        initiator: { name: string };
        responseData: { keyId?: string };
      }[];
      return records
        .filter(({ initiator, responseData }) => initiator.name === 'rootward' && responseData.keyId === keyId)
        .map(({ action }) => action);
    },
  };
}

/** A scheduler with every job of the key service, as a process of its own would have it. */
export function schedulerOn(
  server: TestServer,
  { store = server.store, clock = server.clockGuard, confirmMs = 10 * MINUTE, batchSize = 100 }: SchedulerOptions = {},
  logged: string[] = [],
): Scheduler & { readonly registry: Registry } {
  const registry = new Registry();
  const scheduler = createScheduler({
    store,
    auditor: server.auditor,
    clock,
    jobs: keyServiceJobs(server.kms),
    metrics: createJobMetrics(registry, () => clock.doubt() !== undefined),
    owner: randomUUID(),
    intervalMs: MINUTE,
    confirmMs,
    leaseMs: MINUTE,
    batchSize,
    log: { warn: (facts, message) => void logged.push(`${message} ${JSON.stringify(facts)}`) },
  });
  return { ...scheduler, registry };
}
