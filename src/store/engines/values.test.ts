import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { onBothEngines } from '../testkit/test-store.ts';

const envelope = (id: string, body = 'x', at = 0) => ({ id, kind: 'file', body, created_at: at });

onBothEngines('values', (open) => {
  it.each([
    '',
    'Zürich',
    '𐍈 beyond the basic plane',
    "quote ' and \\ and %",
    '\u0001\u001f\u007f\u0080',
    '\uffff\ufffe',
    'e\u0301',
  ])('the text %j comes back as it went in', async (text) => {
    await using store = await open();
    await store.change([], async (tx) => void (await tx.insertInto('seal_envelopes').values(envelope('a', text)).execute()));
    expect(await store.db.selectFrom('seal_envelopes').select('body').execute()).toEqual([{ body: text }]);
  });

  it('half a surrogate pair becomes the replacement character', async () => {
    await using store = await open();
    await store.change(
      [],
      async (tx) => void (await tx.insertInto('seal_envelopes').values(envelope('a', 'x\ud800y')).execute()),
    );
    expect(await store.db.selectFrom('seal_envelopes').select('body').execute()).toEqual([{ body: 'x\ufffdy' }]);
  });

  it('the character NUL is refused, in what is written and in what is asked for', async () => {
    await using store = await open();
    const refused = { code: 'INVALID_FIELD' };
    const write = store.change([], async (tx) => void (await tx.insertInto('seal_envelopes').values(envelope('a\0b')).execute()));
    await expect(write).rejects.toMatchObject(refused);
    await expect(store.db.selectFrom('meta').selectAll().where('name', '=', '\0').execute()).rejects.toMatchObject(refused);
  });

  it.each([0, -1, 2 ** 31, 1_767_323_045_000, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])(
    'the number %d comes back as a number',
    async (at) => {
      await using store = await open();
      await store.change(
        [],
        async (tx) =>
          void (await tx
            .insertInto('seal_envelopes')
            .values(envelope('a', 'x', at))
            .execute()),
      );
      const row = await store.db
        .selectFrom('seal_envelopes')
        .select('created_at')
        .where('created_at', '=', at)
        .executeTakeFirst();
      expect(row).toEqual({ created_at: at });
    },
  );

  it('a number that is no safe integer is an error, never a wrong number', async () => {
    await using store = await open();
    await store.change([], async (tx) => {
      await sql`insert into seal_envelopes (id, kind, body, created_at) values ('a', 'file', 'x', 9007199254740993)`.execute(tx);
    });
    await expect(store.db.selectFrom('seal_envelopes').selectAll().execute()).rejects.toThrow(/safe integer|too large/);
  });

  it('counts, sums and maxima are numbers', async () => {
    await using store = await open();
    await store.change([], async (tx) => {
      await tx
        .insertInto('seal_envelopes')
        .values([envelope('a', 'x', 2 ** 40), envelope('b', 'x', 3)])
        .execute();
    });
    const row = await store.db
      .selectFrom('seal_envelopes')
      .select(({ fn }) => [fn.countAll().as('count'), fn.sum('created_at').as('sum'), fn.max('created_at').as('max')])
      .executeTakeFirst();
    expect(row).toEqual({ count: 2, sum: 2 ** 40 + 3, max: 2 ** 40 });
  });

  it('bytes are plain bytes, all of them, and are found by their value', async () => {
    await using store = await open();
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
    const key = (id: string, secret_hash: Uint8Array) => ({
      ...{ id, secret_hash, account_id: 'a', iam_id: 'i', name: 'n', description: null, purpose: null, entity_tag: 'e' },
      ...{ locked: 0, disabled: 0, expires_at: null, created_at: 1, created_by: 'x', modified_at: 1, secret_epoch: 0 },
    });
    await store.change([], async (tx) => {
      await tx
        .insertInto('api_keys')
        .values([key('a', bytes), key('b', new Uint8Array(0))])
        .execute();
    });
    const found = await store.db
      .selectFrom('api_keys')
      .select('secret_hash')
      .where('secret_hash', '=', Buffer.from(bytes))
      .execute();
    expect(found).toEqual([{ secret_hash: bytes }]);
    expect(Buffer.isBuffer(found[0]?.secret_hash)).toBe(false);
    const empty = await store.db.selectFrom('api_keys').select('secret_hash').where('id', '=', 'b').executeTakeFirst();
    expect(empty).toEqual({ secret_hash: new Uint8Array(0) });
  });

  it('texts are ordered and compared by their bytes', async () => {
    await using store = await open();
    const ids = ['B', 'a', 'A', 'b', 'ä', 'z', '_', '-', '1', 'Z', '\uffff', '𐍈', 'a b', 'a-b', 'ab'];
    await store.change(
      [],
      async (tx) =>
        void (await tx
          .insertInto('seal_envelopes')
          .values(ids.map((id) => envelope(id)))
          .execute()),
    );
    const byBytes = [...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const rows = await store.db.selectFrom('seal_envelopes').select('id').orderBy('id').execute();
    expect(rows.map(({ id }) => id)).toEqual(byBytes);
    const range = await store.db
      .selectFrom('seal_envelopes')
      .select('id')
      .where('id', '>=', 'a')
      .where('id', '<', 'a\uffff')
      .orderBy('id')
      .execute();
    expect(range.map(({ id }) => id)).toEqual(byBytes.filter((id) => id.startsWith('a')));
  });

  it('LIKE tells upper from lower case', async () => {
    await using store = await open();
    await store.change(
      [],
      async (tx) =>
        void (await tx
          .insertInto('seal_envelopes')
          .values([envelope('Key'), envelope('key')])
          .execute()),
    );
    const rows = await store.db.selectFrom('seal_envelopes').select('id').where('id', 'like', 'K%').execute();
    expect(rows).toEqual([{ id: 'Key' }]);
  });
});
