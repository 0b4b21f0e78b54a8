import { describe, expect, it } from 'vitest';
import type { Store } from '../../store/store.ts';
import { DAY, type JobsScene, MINUTE, openJobs } from './testkit/jobs-scene.ts';

describe('two servers on one store', () => {
  it('rotate every due key once, also when both look at once', async () => {
    await using scene = await openJobs();
    const ids = await rotating(scene, 25);
    const other = scene.another();
    await scene.advance(31 * DAY);
    await Promise.all([scene.scheduler.pass(), other.pass()]);
    await Promise.all([scene.scheduler.pass(), other.pass()]);
    expect(await versionCounts(scene, ids)).toEqual(ids.map(() => 2));
  });

  it('never do one thing twice when one of them stands still in the middle and comes back late', async () => {
    await using scene = await openJobs();
    const ids = await rotating(scene, 20);
    const paused = pausable(scene.server.store);
    const sleeper = scene.another({ store: paused.store, batchSize: 5 });
    await scene.advance(31 * DAY);
    // It has the lease and has committed two batches; the third one stands still before its transaction.
    paused.after(2);
    const sleeping = sleeper.pass();
    await paused.reached;
    await scene.advance(2 * MINUTE);
    await scene.scheduler.pass();
    expect(await versionCounts(scene, ids)).toEqual(ids.map(() => 2));
    // It acts on what it has read long ago: only the fence keeps it from doing so.
    await scene.server.store.db.updateTable('key_policies').set({ next_rotation_at: 0 }).execute();
    paused.go();
    await sleeping;
    expect(await versionCounts(scene, ids)).toEqual(ids.map(() => 2));
    expect(scene.logged).toContainEqual(expect.stringContaining('is run by another server by now'));
  });

  it('take over a job whose server has died, when its lease is over', async () => {
    await using scene = await openJobs();
    const [id = ''] = await rotating(scene, 1);
    await scene.scheduler.pass();
    await scene.advance(31 * DAY);
    const dead = { owner: 'dead', lease_until: scene.server.clock.now() + MINUTE, next_at: 0 };
    await scene.server.store.db.updateTable('jobs').set(dead).where('name', '=', 'rotate').execute();
    await scene.scheduler.pass();
    expect(await versionCounts(scene, [id])).toEqual([1]);
    await scene.advance(MINUTE);
    await scene.scheduler.pass();
    expect(await versionCounts(scene, [id])).toEqual([2]);
  });
});

describe('a key that cannot be rotated', () => {
  it('stops no other one, and is told of', async () => {
    await using scene = await openJobs({ batchSize: 4 });
    const ids = await rotating(scene, 10);
    const broken = await scene.addKey();
    await scene.addRotation(broken.id, 1);
    await scene.server.store.db
      .updateTable('key_policies')
      .set({ next_rotation_at: 5 })
      .where('key_id', '=', broken.id)
      .execute();
    const other = scene.another({ store: refusing(scene.server.store, broken.id), batchSize: 4 });
    await scene.advance(31 * DAY);
    await other.pass();
    expect(await versionCounts(scene, ids)).toEqual(ids.map(() => 2));
    expect(await versionCounts(scene, [broken.id])).toEqual([1]);
    const { last_error, attempts } = await scene.job('rotate');
    expect([last_error, attempts]).toEqual([expect.stringContaining(broken.id), 1]);
    const metrics = await other.registry.metrics();
    expect(metrics).toContain('rootward_job_failures_total{job="rotate"} 1');
    expect(metrics).toContain('rootward_job_due{job="rotate"} 1');
    // It is tried again, less and less often.
    await scene.advance(2000);
    await scene.scheduler.pass();
    expect(await versionCounts(scene, [broken.id])).toEqual([2]);
    expect((await scene.job('rotate')).last_error).toBeNull();
  });
});

describe('a server that stops', () => {
  it('ends after the batch that is under way, and the rest is done later', async () => {
    await using scene = await openJobs();
    const ids = await rotating(scene, 20);
    const paused = pausable(scene.server.store);
    const stopping = scene.another({ store: paused.store, batchSize: 5 });
    await scene.advance(31 * DAY);
    paused.after(1);
    const pass = stopping.pass();
    await paused.reached;
    const stopped = stopping.stop();
    paused.go();
    await stopped;
    await pass;
    const counts = await versionCounts(scene, ids);
    expect(new Set(counts)).toEqual(new Set([1, 2]));
    // The lease was given back: nobody has to wait for it.
    await scene.scheduler.pass();
    expect(await versionCounts(scene, ids)).toEqual(ids.map(() => 2));
  });
});

describe('the figures of a job', () => {
  it('say when it last ended well and whether the clock is believed', async () => {
    await using scene = await openJobs();
    const scheduler = scene.another();
    await scheduler.pass();
    const at = scene.server.clock.now() / 1000;
    expect(await scheduler.registry.metrics()).toContain(`rootward_job_last_success_timestamp_seconds{job="purge"} ${at}`);
    expect(await scheduler.registry.metrics()).toContain('rootward_clock_suspect 0');
    scene.server.clock.set(DAY);
    expect(await scheduler.registry.metrics()).toContain('rootward_clock_suspect 1');
  });
});

async function rotating(scene: JobsScene, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const { id } = await scene.addKey();
    await scene.addRotation(id, 1);
    ids.push(id);
  }
  return ids;
}

async function versionCounts({ server }: JobsScene, ids: readonly string[]): Promise<number[]> {
  const rows = await server.store.db.selectFrom('key_versions').select('key_id').execute();
  return ids.map((id) => rows.filter(({ key_id }) => key_id === id).length);
}

/** A store whose process can be made to stand still before one of its transactions. */
function pausable(store: Store) {
  let left = Number.POSITIVE_INFINITY;
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    go: () => gate.resolve(),
    /** Only transactions that touch keys are counted: leases touch no topic. */
    after: (batches: number) => {
      left = batches;
    },
    store: {
      ...store,
      change: (async (topics, work, first) => {
        if (topics.includes('keys')) {
          if (left === 0) {
            reached.resolve();
            await gate.promise;
          }
          left -= 1;
        }
        return await store.change(topics, work, first);
      }) satisfies Store['change'],
    } as Store,
  };
}

/** A store on which no transaction that touches this key can be committed. */
function refusing(store: Store, keyId: string): Store {
  return {
    ...store,
    change: (topics, work, first) =>
      store.change(
        topics,
        async (tx) => {
          const before = await tx.selectFrom('key_versions').select('id').where('key_id', '=', keyId).execute();
          const made = await work(tx);
          const after = await tx.selectFrom('key_versions').select('id').where('key_id', '=', keyId).execute();
          if (after.length !== before.length) throw new Error('the disk is full, for this key only');
          return made;
        },
        first,
      ),
  };
}
