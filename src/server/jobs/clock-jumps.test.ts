import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClockGuard, openClockGuard } from '../clock/clock-guard.ts';
import { DAY, type JobsScene, MINUTE, openJobs, schedulerOn } from './testkit/jobs-scene.ts';

const TEN_YEARS = 3653 * DAY;

describe('a clock jump of ten years', () => {
  it.each([
    ['forward', TEN_YEARS],
    ['back', -TEN_YEARS],
  ])('%s while the server runs destroys nothing and expires nothing, and keys can be used', async (_way, jump) => {
    await using scene = await openJobs();
    const kept = await keep(scene);
    await scene.scheduler.pass();
    scene.server.clock.set(jump);
    await passes(scene);
    await expectKept(scene, kept);
    expect((await scene.unwrap(kept.expiring, kept.ciphertext)).plaintext).toBe('AAAA');
    await scene.wrap(kept.expiring);
    scene.server.clock.set(-jump);
    await passes(scene);
    await expectKept(scene, kept);
  });

  it('also keeps what the first of two looks had seen', async () => {
    await using scene = await openJobs();
    const kept = await keep(scene);
    // Due for good, but the clock goes wrong between the two looks.
    await scene.advance(100 * DAY);
    await scene.scheduler.pass();
    scene.server.clock.set(TEN_YEARS);
    await passes(scene);
    await expectKept(scene, kept);
  });

  it.each([
    ['forward', TEN_YEARS],
    ['back', -TEN_YEARS],
  ])('%s between two starts destroys nothing and expires nothing', async (_way, jump) => {
    await using scene = await openJobs();
    const kept = await keep(scene);
    await scene.scheduler.pass();
    scene.server.clock.set(jump);
    const started = await start(scene);
    for (let pass = 0; pass < 5; pass += 1) {
      await started.pass();
      scene.server.clock.advance(11 * MINUTE);
    }
    await expectKept(scene, kept);
  });

  it('however often, in whatever order with starts and looks, destroys nothing', async () => {
    const step = fc.oneof(
      fc.constantFrom('look', 'look', 'start', 'forward', 'back').map((name) => ({ name, minutes: 0 })),
      fc.integer({ min: 1, max: 600 }).map((minutes) => ({ name: 'time goes by', minutes })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        await using scene = await openJobs();
        const kept = await keep(scene);
        let { scheduler } = scene;
        await scheduler.pass();
        for (const { name, minutes } of steps) {
          if (name === 'look') await scheduler.pass();
          if (name === 'start') scheduler = await start(scene);
          if (name === 'forward') scene.server.clock.set(TEN_YEARS);
          if (name === 'back') scene.server.clock.set(-TEN_YEARS);
          scene.server.clock.advance(minutes * MINUTE);
        }
        await expectKept(scene, kept);
      }),
      { numRuns: Number(process.env.ROOTWARD_CLOCK_RUNS ?? 15) },
    );
  });
});

describe('a server that was off for a long time', () => {
  it('does what is due, after two looks, if it was within the longest downtime', async () => {
    await using scene = await openJobs();
    const kept = await keep(scene);
    await scene.advance(86 * DAY);
    await scene.scheduler.pass();
    await scene.advance(6 * DAY);
    const started = await start(scene);
    await started.pass();
    expect(await rows(scene, kept.deleted)).toBe(1);
    scene.server.clock.advance(10 * MINUTE);
    await started.pass();
    expect(await rows(scene, kept.deleted)).toBe(0);
  });

  it('waits for somebody to accept the clock after forty days', async () => {
    await using scene = await openJobs();
    const kept = await keep(scene);
    await scene.advance(80 * DAY);
    await scene.scheduler.pass();
    await scene.advance(40 * DAY);
    const clock = await guard(scene);
    const started = schedulerOn(scene.server, { clock });
    for (let pass = 0; pass < 4; pass += 1) {
      await started.pass();
      scene.server.clock.advance(11 * MINUTE);
    }
    await expectKept(scene, kept);
    (await scene.server.store.change([], (tx) => clock.accept(tx)))();
    await started.pass();
    expect(await rows(scene, kept.deleted)).toBe(1);
    scene.server.clock.advance(10 * MINUTE);
    await started.pass();
    expect(await rows(scene, kept.deleted)).toBe(0);
  });
});

interface Kept {
  readonly deleted: string;
  readonly expiring: string;
  readonly ciphertext: string;
}

/** A deleted key (purged after 90 days), one that expires in a year, and a rotation policy of a year. */
async function keep(scene: JobsScene): Promise<Kept> {
  const deleted = await scene.keyIn(5);
  const expirationDate = new Date(scene.server.clock.now() + 365 * DAY).toISOString();
  const expiring = await scene.addKey({ expirationDate });
  await scene.addRotation(expiring.id, 12);
  return { deleted: deleted.id, expiring: expiring.id, ciphertext: await scene.wrap(expiring.id) };
}

async function expectKept(scene: JobsScene, { deleted, expiring }: Kept): Promise<void> {
  const stored = await scene.server.store.db.selectFrom('keys').select(['id', 'state']).execute();
  expect(new Map(stored.map(({ id, state }) => [id, state]))).toEqual(
    new Map([
      [deleted, 5],
      [expiring, 1],
    ]),
  );
  expect(await rows(scene, expiring)).toBe(1);
  expect([await scene.done(deleted), await scene.done(expiring)]).toEqual([[], []]);
}

async function passes(scene: JobsScene): Promise<void> {
  for (let pass = 0; pass < 5; pass += 1) {
    await scene.scheduler.pass();
    await scene.advance(11 * MINUTE);
  }
}

/** Another process: it knows of earlier times only what the store has kept. */
async function start(scene: JobsScene) {
  return schedulerOn(scene.server, { clock: await guard(scene) });
}

function guard({ server }: JobsScene): Promise<ClockGuard> {
  return openClockGuard({
    store: server.store,
    clocks: server.clock.clocks,
    settings: { toleranceSeconds: 300, longestDowntimeSeconds: 7 * 86_400 },
    log: { info() {}, error() {} },
  });
}

async function rows({ server }: JobsScene, keyId: string): Promise<number> {
  return (await server.store.db.selectFrom('key_versions').select('id').where('key_id', '=', keyId).execute()).length;
}
