import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { readMeta, writeMeta } from '../meta.ts';
import type { Store, Tx } from '../store.ts';
import { onBothEngines } from '../testkit/test-store.ts';

/** Adds 1 to a number in the store, in two steps: a lost update would show. */
async function addOne(tx: Tx): Promise<number> {
  const next = Number((await readMeta(tx, 'region')) ?? '0') + 1;
  await writeMeta(tx, 'region', String(next));
  return next;
}

/** Holds every change up until it is told to go on; those that are asked for meanwhile wait together. */
function hold(store: Store): { readonly release: () => void; readonly done: Promise<void> } {
  let release = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { release: () => release(), done: store.withoutChanges(() => opened) };
}

const sequences = async (store: Store) =>
  Object.fromEntries(
    (await store.db.selectFrom('change_sequence').selectAll().execute()).map(({ topic, value }) => [topic, value]),
  );

onBothEngines('changes', (open) => {
  it('that are asked for at once happen one after the other, in order, and none is lost', async () => {
    await using store = await open();
    const made = await Promise.all(Array.from({ length: 200 }, () => store.change(['keys'], addOne)));
    expect(made).toEqual(Array.from({ length: 200 }, (_, at) => at + 1));
    expect(await readMeta(store.db, 'region')).toBe('200');
  });

  it('that wait together are committed together: the sequence moves once for all of them', async () => {
    await using store = await open();
    const { release, done } = hold(store);
    const waiting = Array.from({ length: 64 }, () => store.change(['keys', 'clusters'], addOne));
    release();
    await Promise.all([done, ...waiting]);
    expect(await sequences(store)).toEqual({ keys: 1, clusters: 1 });
  });

  it('one that fails is undone alone, and only its caller hears of it', async () => {
    await using store = await open();
    const { release, done } = hold(store);
    const outcomes = Promise.allSettled([
      store.change([], addOne),
      store.change(['keys'], async (tx) => {
        await writeMeta(tx, 'region', 'wrong');
        throw new Error('no');
      }),
      store.change([], async (tx) => {
        await sql`insert into meta (name, value) values ('a', 'b'), ('a', 'b')`.execute(tx);
      }),
      store.change([], addOne),
    ]);
    release();
    await done;
    const [first, second, third, fourth] = await outcomes;
    expect(first).toEqual({ status: 'fulfilled', value: 1 });
    expect(second).toMatchObject({ status: 'rejected', reason: { message: 'no' } });
    expect(third).toMatchObject({ status: 'rejected' });
    expect(fourth).toEqual({ status: 'fulfilled', value: 2 });
    expect(await readMeta(store.db, 'region')).toBe('2');
    expect(await sequences(store)).toEqual({});
  });

  it('what one that failed still does cannot get into the next one', async () => {
    await using store = await open();
    const { release, done } = hold(store);
    let goOn = (): void => undefined;
    const waiting = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let late: Promise<unknown> = Promise.resolve();
    const failing = store.change([], async (tx) => {
      late = waiting.then(() => writeMeta(tx, 'region', 'late')).catch((error: Error) => error.message);
      throw new Error('no');
    });
    const next = store.change([], async (tx) => {
      goOn();
      expect(await late).toBe('a query came after the end of its change');
      return readMeta(tx, 'region');
    });
    release();
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBeUndefined();
    await done;
  });

  it('are told only after the generation has moved and every listener has run', async () => {
    await using store = await open();
    const seen: string[] = [];
    store.onChange('keys', () => seen.push(`listener at ${store.generation('keys')}`));
    const { release, done } = hold(store);
    const changes = ['a', 'b'].map(async (name) => {
      await store.change(['keys'], async () => undefined);
      seen.push(`${name} at ${store.generation('keys')}`);
    });
    release();
    await Promise.all([done, ...changes]);
    expect(seen).toEqual(['listener at 1', 'a at 1', 'b at 1']);
    expect(store.generation('iam')).toBe(0);
  });

  it('behind one of IAM are asked again only when that is committed', async () => {
    await using store = await open();
    const { release, done } = hold(store);
    const asked: number[] = [];
    const ask = async () => void asked.push(store.generation('iam'));
    const waiting = [
      store.change(['keys'], addOne, ask),
      store.change(['iam'], addOne, ask),
      store.change(['keys'], addOne, ask),
      store.change(['iam', 'keys'], addOne, ask),
      store.change(['keys'], addOne, ask),
    ];
    release();
    await Promise.all([done, ...waiting]);
    expect(asked).toEqual([0, 0, 1, 1, 2]);
  });

  it('one whose caller is refused at its turn is not made, and the others are', async () => {
    await using store = await open();
    const { release, done } = hold(store);
    const refused = store.change([], addOne, async () => {
      await readMeta(store.db, 'region');
      throw new Error('not any more');
    });
    const other = store.change([], addOne, async () => void (await readMeta(store.db, 'region')));
    const alone = expect(refused).rejects.toThrow('not any more');
    release();
    await Promise.all([done, alone]);
    expect(await other).toBe(1);
    await expect(store.change(['keys'], addOne, () => Promise.reject(new Error('alone')))).rejects.toThrow('alone');
    expect(await sequences(store)).toEqual({});
  });

  it('do not run while somebody reads without changes, and those readers run together', async () => {
    await using store = await open();
    await store.change([], addOne);
    const { release, done } = hold(store);
    let together = 0;
    const readers = [1, 2].map(() =>
      store.withoutChanges(async () => {
        together += 1;
        while (together < 2) await new Promise((resolve) => setTimeout(resolve, 1));
        return readMeta(store.db, 'region');
      }),
    );
    const change = store.change([], addOne);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await readMeta(store.db, 'region')).toBe('1');
    release();
    expect(await Promise.all(readers)).toEqual(['1', '1']);
    expect(await change).toBe(2);
    await done;
  });

  it('a reading that fails fails alone', async () => {
    await using store = await open();
    const [bad, good] = await Promise.allSettled([
      store.withoutChanges(() => Promise.reject(new Error('bad'))),
      store.withoutChanges(async () => 'good'),
    ]);
    expect(bad).toMatchObject({ status: 'rejected', reason: { message: 'bad' } });
    expect(good).toEqual({ status: 'fulfilled', value: 'good' });
  });

  it('a snapshot stays as it was while changes are committed, and nothing can be written through it', async () => {
    await using store = await open();
    await store.change([], (tx) => writeMeta(tx, 'region', 'before'));
    await store.snapshot(async (db) => {
      await store.change([], (tx) => writeMeta(tx, 'region', 'after'));
      expect(await readMeta(db, 'region')).toBe('before');
    });
    await expect(store.snapshot(async (db) => await db.deleteFrom('meta').execute())).rejects.toThrow();
    await store.snapshot(async (db) => expect(await readMeta(db, 'region')).toBe('after'));
  });
});
