import { expect, it } from 'vitest';
import { insertOutbox, listOutbox } from '../audit.ts';
import { type InstancePolicyRow, instancePoliciesOfChange, saveInstancePolicy } from '../kms/instance-policies.ts';
import { countKeyIn, countKeyOut } from '../kms/instance-usage.ts';
import { insertKey, type KeyRow } from '../kms/keys.ts';
import type { Store, Tx } from '../store.ts';
import { onBothEngines } from '../testkit/test-store.ts';
import { together } from './postgres-together.ts';
import { statement } from './statement.ts';

/** All of these in one transaction. */
async function atOnce<T>(store: Store, ...works: ((tx: Tx) => Promise<T>)[]): Promise<PromiseSettledResult<T>[]> {
  let release = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    release = resolve;
  });
  const done = store.withoutChanges(() => opened);
  const changes = Promise.allSettled(works.map((work) => store.change([], work)));
  release();
  await done;
  return await changes;
}

const resultsOf = <T>(outcomes: readonly PromiseSettledResult<T>[]) =>
  outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : 'failed'));

const keyRow = (id: string): KeyRow => ({
  id,
  instance_id: 'here',
  account_id: 'account',
  key_ring_id: 'default',
  name: id,
  description: null,
  tags: '[]',
  extractable: 0,
  imported: 0,
  state: 1,
  current_version_id: id,
  created_at: 1,
  created_by: 'me',
  updated_at: null,
  rotated_at: null,
  state_changed_at: 1,
  expires_at: null,
  deleted_at: null,
  deleted_by: null,
  deletion_authorized_by: null,
  deletion_authorized_at: null,
  mac: new Uint8Array(33),
});
const addKey = (tx: Tx, id: string, versionId = id): Promise<void> =>
  insertKey(tx, keyRow(id), {
    id: versionId,
    key_id: id,
    instance_id: 'here',
    account_id: 'account',
    number: 1,
    sealed_material: new Uint8Array(61),
    created_at: 1,
    backup_id: null,
  });
const keyIds = async (store: Store) =>
  (await store.db.selectFrom('keys').select('id').orderBy('id').execute()).map(({ id }) => id);

const policy = (enabled: number): InstancePolicyRow => ({
  instance_id: 'here',
  type: 'rotation',
  account_id: 'account',
  enabled,
  attributes: '{}',
  created_at: 1,
  created_by: 'me',
  updated_at: 1,
  updated_by: 'me',
});
const seePolicy = async (tx: Tx) => (await instancePoliciesOfChange(tx, 'here')).map(({ enabled }) => enabled);

onBothEngines('changes of one transaction', (open, engine) => {
  it('count keys one after the other; what one that fails counted does not count', async () => {
    await using store = await open();
    const add =
      (id: string, fails = false) =>
      async (tx: Tx) => {
        const count = await countKeyIn(tx, 'here');
        await addKey(tx, id);
        if (fails) throw new Error('no');
        return count;
      };
    const out = async (tx: Tx) => {
      await countKeyOut(tx, 'here');
      return 0;
    };
    const outcomes = await atOnce(store, add('a'), add('b', true), add('c'), add('d', true), add('e'), out, add('f'));
    expect(resultsOf(outcomes)).toEqual([1, 'failed', 2, 'failed', 3, 0, 3]);
    expect(await keyIds(store)).toEqual(['a', 'c', 'e', 'f']);
    expect(await store.change([], (tx) => countKeyIn(tx, 'here'))).toBe(4);
  });

  it('see policies that one before them has set, and none that one has set which failed', async () => {
    await using store = await open();
    const set = (enabled: number, fails: boolean) => async (tx: Tx) => {
      await saveInstancePolicy(tx, policy(enabled));
      const seen = await seePolicy(tx);
      if (fails) throw new Error('no');
      return seen;
    };
    const outcomes = await atOnce(store, seePolicy, set(0, false), seePolicy, set(1, true), seePolicy);
    expect(resultsOf(outcomes)).toEqual([[], [0], [0], 'failed', [0]]);
  });

  it('leave the audit records of those that were made, and of no others', async () => {
    await using store = await open();
    const leave = (id: string, fails: boolean) => async (tx: Tx) => {
      await insertOutbox(tx, id, '{}', 1);
      if (fails) throw new Error('no');
    };
    await atOnce(store, leave('a', false), leave('b', true), leave('c', false));
    expect((await listOutbox(store.db)).map(({ id }) => id)).toEqual(['a', 'c']);
  });

  it('take no audit record after their end, nor without a change', async () => {
    await using store = await open();
    let late: Tx | undefined;
    await store.change([], async (tx) => {
      late = tx;
    });
    await expect(late && insertOutbox(late, 'late', '{}', 1)).rejects.toThrow('an audit record came without a change');
    expect(await listOutbox(store.db)).toEqual([]);
  });

  it('are all undone where an insertion fails that nobody waited for; the next ones are made', async () => {
    await using store = await open();
    await store.change([], (tx) => addKey(tx, 'old'));
    const outcomes = await atOnce(
      store,
      (tx) => addKey(tx, 'a'),
      (tx) => addKey(tx, 'b', 'old'),
      (tx) => addKey(tx, 'c'),
      // Fails for a reason of its own, and must not undo that one alone.
      async () => {
        throw new Error('no');
      },
      (tx) => addKey(tx, 'd'),
    );
    const isAwaited = engine === 'sqlite';
    expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([isAwaited, false, isAwaited, false, isAwaited]);
    expect(await keyIds(store)).toEqual(isAwaited ? ['a', 'c', 'd', 'old'] : ['old']);
    await store.change([], (tx) => addKey(tx, 'e'));
    expect(await keyIds(store)).toContain('e');
  });

  it('a statement refuses values that are missing, and ones that are not its own', async () => {
    await using store = await open();
    const write = statement<{ name: string; value?: string }>((db, values) =>
      db.insertInto('meta').values({ name: values.name, value: values.value ?? 'its own' }),
    );
    await expect(store.change([], (tx) => write(tx, { name: 'a' }))).rejects.toThrow('a value of its own');
    await store.change([], (tx) => write(tx, { name: 'a', value: 'b' }));
    await expect(store.change([], (tx) => write(tx, { name: 'c' }))).rejects.toThrow('no value for value');
  });
});

it('statements are sent as one with their parameters counted on', () => {
  const [first, second, third] = [
    { sql: 'insert into a values ($1, $2)', parameters: [1, 2] },
    { sql: 'update b set x = $2 where y = $1', parameters: [3, 4] },
    { sql: 'insert into c values ($1)', parameters: [5] },
  ] as const;
  expect(together([first])).toEqual(first);
  expect(together([first, second, third])).toEqual({
    sql: 'with s0 as (insert into a values ($1, $2)), s1 as (update b set x = $4 where y = $3) insert into c values ($5)',
    parameters: [1, 2, 3, 4, 5],
  });
});
