import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isPostgresMissing } from '../../../../test/process/find-postgres.ts';
import { sharedPostgres } from '../../../../test/process/postgres.ts';
import { listOutbox } from '../../../store/audit.ts';
import { nameOfReplica } from '../../../store/engines/engine.ts';
import { openStore } from '../../../store/store.ts';
import { createOutbox } from '../outbox/outbox.ts';
import { freshDirectory, MemoryCheckpoints, openSample, sampleEvent, sampleRecord } from '../sample-audit.ts';
import { recordLine } from './record-line.ts';

const MINUTE = 60_000;
const lineFor = (id: string) => recordLine(sampleRecord(id));

/** Several replicas on one database, each with a chain of its own and the same clock. */
async function openReplicas() {
  const database = await (await sharedPostgres()).createDatabase('migrated');
  let now = sampleEvent.at;
  const directories: string[] = [];
  const idsIn = (directory: string): string[] =>
    readdirSync(directory)
      .flatMap((name) => readFileSync(join(directory, name), 'utf8').trimEnd().split('\n').slice(1))
      .map((line) => (JSON.parse(line) as { id: string }).id);
  onTestFinished(() => database.drop());
  return {
    pass(milliseconds: number): void {
      now += milliseconds;
    },
    /** What stands in all chains, sorted. */
    recorded: () => directories.flatMap(idsIn).sort(),
    async open(name: string) {
      const store = await openStore({ file: join(mkdtempSync(join(tmpdir(), 'rootward-replica-')), 'x.db'), url: database.url });
      await store.names.take(nameOfReplica(name));
      const directory = freshDirectory();
      const log = await openSample(directory, new MemoryCheckpoints(), { writer: name });
      directories.push(directory);
      const outbox = createOutbox({ store, log, replica: { name, now: () => now } });
      const commit = (ids: readonly string[]) =>
        store.change([], async (tx) => {
          for (const id of ids) await outbox.write(tx, lineFor(id));
        });
      let isGone = false;
      /** As after kill -9: nothing is settled or said any more. */
      const vanish = async () => {
        if (isGone) return;
        isGone = true;
        await log.close();
        await store.close();
      };
      onTestFinished(vanish);
      return { store, outbox, commit, vanish };
    },
  };
}

describe.skipIf(isPostgresMissing())('the records of a replica (PostgreSQL is needed here: apt-get install postgresql)', () => {
  it('that is gone for 5 minutes are taken over once, however many others there are', async () => {
    const { open, pass, recorded } = await openReplicas();
    const [gone, one, other] = [await open('gone'), await open('one'), await open('other')];
    const ids = Array.from({ length: 30 }, (_, at) => `r${String(at).padStart(2, '0')}`);
    await gone.commit(ids);
    await gone.vanish();
    pass(4 * MINUTE);
    expect([await one.outbox.adopt(), await other.outbox.adopt()]).toEqual([0, 0]);
    pass(2 * MINUTE);
    const adopted = await Promise.all([one.outbox.adopt(), other.outbox.adopt(), one.outbox.adopt()]);
    expect(adopted.reduce((sum, count) => sum + count, 0)).toBe(30);
    expect(recorded()).toEqual(ids);
    expect(await listOutbox(one.store.db)).toEqual([]);
    expect(await (await open('gone')).outbox.recover()).toBe(0);
  });

  it('that still runs stay its own, and it brings in what it cannot know to be committed', async () => {
    const { open, pass, recorded } = await openReplicas();
    const [slow, other] = [await open('slow'), await open('other')];
    await slow.commit(['a', 'b']);
    pass(6 * MINUTE);
    expect(await other.outbox.adopt()).toBe(0);
    expect(await slow.outbox.adopt()).toBe(2);
    expect(recorded()).toEqual(['a', 'b']);
  });

  it('that were settled meanwhile are not written again', async () => {
    const { open, pass, recorded } = await openReplicas();
    const own = await open('own');
    await own.commit(['a', 'b']);
    for (const id of ['a', 'b']) await own.outbox.settle(lineFor(id));
    pass(6 * MINUTE);
    expect(await own.outbox.adopt()).toBe(0);
    expect(recorded()).toEqual(['a', 'b']);
  });

  it('that were taken over while it seemed gone are not written by it any more', async () => {
    const { open, pass, recorded } = await openReplicas();
    const [cut, other] = [await open('cut'), await open('other')];
    await cut.commit(['a']);
    await cut.store.names.giveBack(nameOfReplica('cut'));
    pass(6 * MINUTE);
    expect(await other.outbox.adopt()).toBe(1);
    expect(await cut.outbox.adopt()).toBe(0);
    expect(recorded()).toEqual(['a']);
  });
});
