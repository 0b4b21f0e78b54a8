import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openSqliteStore, type Store } from '../../store/store.ts';
import { type ClockGuard, openClockGuard } from './clock-guard.ts';

const START = Date.parse('2026-01-02T03:04:05Z');
const MINUTE = 60_000;
const DAY = 86_400_000;
const YEARS = 3650 * DAY;

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** A machine whose clock can be set, and a store that outlives the processes on it. */
async function machine() {
  const directory = await mkdtemp(join(tmpdir(), 'rootward-clock-'));
  const store: Store = await openSqliteStore(join(directory, 'rootward.db'));
  cleanUps.push(async () => {
    await store.close();
    await rm(directory, { recursive: true });
  });
  let real = 0;
  let set = START;
  const logged: string[] = [];
  const log = { info() {}, error: (_facts: object, message: string) => void logged.push(message) };
  const clocks = { wall: () => set + real, uptime: () => real, ticks: () => real };
  return {
    store,
    logged,
    wall: clocks.wall,
    pass: (milliseconds: number) => {
      real += milliseconds;
    },
    setClock: (by: number) => {
      set += by;
    },
    /** A process starts. */
    boot: (): Promise<ClockGuard> =>
      openClockGuard({ store, clocks, log, settings: { toleranceSeconds: 300, longestDowntimeSeconds: 7 * 86_400 } }),
  };
}

async function running() {
  const host = await machine();
  const guard = await host.boot();
  await guard.remember();
  return { host, guard };
}

describe('a clock that is set while the server runs', () => {
  it.each([YEARS, -YEARS, 6 * MINUTE, -6 * MINUTE])(
    'is in doubt when it moved by %d ms, and time goes on as before',
    async (jump) => {
      const { host, guard } = await running();
      host.pass(3 * MINUTE);
      host.setClock(jump);
      expect([guard.now(), guard.earliest()]).toEqual([START + 3 * MINUTE, START + 3 * MINUTE]);
      expect(guard.doubt()).toMatchObject({ aheadMs: jump, isAtStart: false });
      host.pass(DAY);
      expect(guard.now()).toBe(START + 3 * MINUTE + DAY);
    },
  );

  it.each([4 * MINUTE, -4 * MINUTE])('is believed when it moved by %d ms', async (jump) => {
    const { host, guard } = await running();
    host.setClock(jump);
    expect(guard.doubt()).toBeUndefined();
    expect(guard.now()).toBe(START + jump);
  });

  it('may not go away in small steps either', async () => {
    const { host, guard } = await running();
    host.setClock(4 * MINUTE);
    await guard.remember();
    host.setClock(4 * MINUTE);
    expect(guard.doubt()).toMatchObject({ aheadMs: 8 * MINUTE });
  });

  it('says once what to run, and is believed again when it is right again', async () => {
    const { host, guard } = await running();
    host.setClock(YEARS);
    guard.doubt();
    await guard.remember();
    await guard.remember();
    expect(host.logged).toEqual([
      expect.stringContaining('The clock was set 3650 days forward: it says 2035-12-31T03:04:05Z, and by the machine'),
    ]);
    expect(host.logged[0]).toMatch(/run: rootward clock accept$/);
    host.setClock(-YEARS);
    expect(guard.doubt()).toBeUndefined();
  });

  it('is not written as the mark while it is in doubt', async () => {
    const { host, guard } = await running();
    host.setClock(YEARS);
    host.pass(DAY);
    await guard.remember();
    host.setClock(-YEARS);
    expect((await host.boot()).doubt()).toBeUndefined();
  });

  it('lets a machine sleep: uptime counts that too', async () => {
    const { host, guard } = await running();
    host.pass(3 * DAY);
    expect(guard.doubt()).toBeUndefined();
  });
});

describe('a clock that was set between two starts', () => {
  it('is in doubt when it is before the mark: the time then goes on from the mark', async () => {
    const { host } = await running();
    host.setClock(-YEARS);
    const guard = await host.boot();
    expect(guard.doubt()).toMatchObject({ aheadMs: -YEARS, isAtStart: true });
    expect([guard.now(), guard.earliest()]).toEqual([START, START]);
  });

  it('is in doubt beyond the longest downtime: what is certain and what may be are then told apart', async () => {
    const { host } = await running();
    host.setClock(YEARS);
    const guard = await host.boot();
    host.pass(MINUTE);
    expect([guard.now(), guard.earliest()]).toEqual([START + YEARS + MINUTE, START + MINUTE]);
    expect(host.logged[0]).toContain('3650 days after this server last ran');
  });

  it('is believed within the longest downtime, and from then on held to the tolerance', async () => {
    const { host } = await running();
    host.pass(7 * DAY);
    host.setClock(MINUTE);
    const guard = await host.boot();
    expect(guard.doubt()).toBeUndefined();
    host.setClock(DAY);
    expect(guard.doubt()).toMatchObject({ aheadMs: DAY });
  });
});

describe('a clock that somebody accepts', () => {
  it('is believed by the process that was asked, and by every other one that agrees', async () => {
    const { host, guard } = await running();
    host.setClock(YEARS);
    const other = await host.boot();
    expect([guard.doubt(), other.doubt()]).not.toContain(undefined);
    (await host.store.change([], (tx) => guard.accept(tx)))();
    expect(guard.doubt()).toBeUndefined();
    expect(guard.now()).toBe(START + YEARS);
    await other.remember();
    expect(other.doubt()).toBeUndefined();
    expect((await host.boot()).doubt()).toBeUndefined();
  });
});
