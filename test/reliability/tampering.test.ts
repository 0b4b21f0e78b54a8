/** Whatever somebody changes in a wrapped blob, in the database or in the audit log is noticed, bit by bit. */
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RootwardError } from '../../src/contract/errors.ts';
import { createInstance } from '../../src/contract/instances/create.ts';
import { createKey } from '../../src/contract/keys/creation/create.ts';
import { KEY_TYPE } from '../../src/contract/keys/key.ts';
import { readKeyMetadata } from '../../src/contract/keys/metadata.ts';
import { unwrapDek } from '../../src/contract/keys/use/unwrap.ts';
import { wrapDek } from '../../src/contract/keys/use/wrap.ts';
import { verifyAuditLog } from '../../src/server/audit/chain/verify.ts';
import { first, type KeyScene, openKeyScene } from '../../src/server/kms/testkit/key-scene.ts';
import { addInstance, addRootKey, logIn } from '../process/api.ts';
import { auditRecords, examineAudit, openStoppedAudit } from '../process/read-audit.ts';
import { startServerProcess } from '../process/server-process.ts';

const root = mkdtempSync(join(tmpdir(), 'rootward-tampering-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The bytes once for each of their bits, with that bit turned over. */
function* flips(bytes: Uint8Array): Generator<Buffer> {
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    yield changed;
  }
}

describe('a wrapped blob', () => {
  it('opens with no single bit changed: not of its JSON, and not of its base64', async () => {
    await using scene = await openKeyScene();
    const { id } = await scene.addKey();
    const blob = await scene.wrap(id, 'c2VjcmV0', ['context']);
    const json = Buffer.from(blob, 'base64');
    const changed = [
      ...[...flips(json)].map((bytes) => bytes.toString('base64')),
      ...[...flips(Buffer.from(blob, 'latin1'))].map((bytes) => bytes.toString('latin1')),
    ];
    expect(changed).toHaveLength((json.length + blob.length) * 8);
    for (const text of changed) {
      const error = await scene.unwrap(id, text, ['context']).then(
        () => expect.fail(`${text} was opened`),
        (refusal: { readonly code: string; readonly row: { readonly http: number } }) => refusal,
      );
      expect([400, 422], `${text}: ${error.code}`).toContain(error.row.http);
    }
    expect((await scene.unwrap(id, blob, ['context'])).plaintext).toBe('c2VjcmV0');
  });
});

describe('the row of a key', () => {
  it('is refused with any single bit of any of its columns changed, with a column emptied, and without its MAC', async () => {
    await using scene = await openKeyScene({ engine: 'sqlite' });
    const full = await fullKey(scene);
    const rowid = await rowidOf(scene, full);
    const columns = await columnsOf(scene, full);
    expect(columns.filter(({ value }) => value === null)).toEqual([]);
    let tried = 0;
    for (const column of columns) {
      for (const value of changesOf(column)) {
        tried += 1;
        const what = `${column.name}: ${String(column.value)} became ${value.text ?? value.number ?? value.bytes?.toString('hex')}`;
        await write(scene, rowid, column.name, value);
        const isPlace = column.name === 'id' || column.name === 'instance_id';
        await expect(scene.call(readKeyMetadata, full), what).rejects.toMatchObject({
          // Where its name is another one, it is not there; nor is it a key by that name, or there.
          code: isPlace ? 'KEY_NOT_FOUND' : 'ROW_INTEGRITY',
        });
        if (isPlace) expect(await foundThere(scene, rowid), what).toBe('nothing');
      }
      await write(scene, rowid, column.name, column);
    }
    expect(tried).toBeGreaterThan(2000);
    expect(await scene.metadata(full)).toMatchObject({ id: full });
  });

  it('is refused where something stands that was empty', async () => {
    await using scene = await openKeyScene({ engine: 'sqlite' });
    const { id } = await scene.addKey();
    const rowid = await rowidOf(scene, id);
    const empty = (await columnsOf(scene, id)).filter(({ value }) => value === null);
    expect(empty.length).toBeGreaterThan(6);
    for (const column of empty) {
      for (const value of column.kind === 'integer' ? [{ number: 0n }, { number: 1n }] : [{ text: '' }, { text: 'x' }]) {
        await write(scene, rowid, column.name, value);
        await expect(scene.call(readKeyMetadata, id), column.name).rejects.toMatchObject({ code: 'ROW_INTEGRITY' });
      }
      await write(scene, rowid, column.name, column);
    }
    expect(await scene.metadata(id)).toMatchObject({ id });
  });

  it('opens for no other key, instance or account that it was given to', async () => {
    await using scene = await openKeyScene({ engine: 'sqlite' });
    for (const [mine, theirs] of await neighbours(scene)) {
      const taken = await rowidOf(scene, theirs.id);
      for (const column of await columnsOf(scene, mine.id)) {
        if (column.name === 'instance_id' || column.name === 'account_id') await write(scene, taken, column.name, column);
      }
      if (mine.instance !== theirs.instance) {
        await expect(use(scene, { ...theirs, instance: mine.instance, token: mine.token })).rejects.toMatchObject({
          code: 'ROW_INTEGRITY',
        });
        await expect(use(scene, theirs)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
      }
      // All of one key but its name, in the place of another.
      for (const column of await columnsOf(scene, mine.id)) {
        if (column.name !== 'id') await write(scene, taken, column.name, column);
      }
      await expect(use(scene, { ...theirs, instance: mine.instance, token: mine.token })).rejects.toMatchObject({
        code: 'ROW_INTEGRITY',
      });
      expect(await use(scene, mine)).toBe('AAAA');
    }
  });
});

describe('the sealed material of a key version', () => {
  it('opens with no single bit changed', async () => {
    await using scene = await openKeyScene({ engine: 'sqlite' });
    const { id } = await scene.addKey();
    const blob = await scene.wrap(id);
    const { material } = scene.server.kms;
    const [version] = await scene.server.store.db.selectFrom('key_versions').selectAll().where('key_id', '=', id).execute();
    const sealed = version?.sealed_material ?? new Uint8Array();
    const put = async (sealed_material: Uint8Array) => {
      await scene.server.store.change(['keys'], async (tx) => {
        await tx.updateTable('key_versions').set({ sealed_material }).where('key_id', '=', id).execute();
      });
      material.forget(id);
    };
    for (const changed of flips(sealed)) {
      await put(changed);
      await expect(scene.unwrap(id, blob)).rejects.toMatchObject({ code: 'ROW_INTEGRITY' });
    }
    await put(sealed);
    expect((await scene.unwrap(id, blob)).plaintext).toBe('AAAA');
  });

  it('does not open swapped between two keys, two instances or two accounts: neither the material nor the whole row', async () => {
    await using scene = await openKeyScene({ engine: 'sqlite' });
    const { store, kms } = scene.server;
    for (const [mine, theirs] of await neighbours(scene)) {
      const rows = await store.db.selectFrom('key_versions').selectAll().where('key_id', 'in', [mine.id, theirs.id]).execute();
      const [one, other] = [mine, theirs].map(({ id }) => rows.find(({ key_id }) => key_id === id));
      if (!one || !other) throw new Error('a key has no version');
      const put = async (changes: readonly [string, object][]) => {
        await store.change(['keys'], async (tx) => {
          // Out of the way first: the id of a version is there once.
          for (const [id] of changes)
            await tx
              .updateTable('key_versions')
              .set({ id: `x${id}`, key_id: `x${id}` })
              .where('id', '=', id)
              .execute();
          for (const [id, change] of changes)
            await tx
              .updateTable('key_versions')
              .set({ id, ...change })
              .where('id', '=', `x${id}`)
              .execute();
        });
        for (const { id } of [mine, theirs]) kms.material.forget(id);
      };
      const { id: _one, ...ofOne } = one;
      const { id: _other, ...ofOther } = other;
      const { sealed_material: a, ...placeOfOne } = ofOne;
      const { sealed_material: b, ...placeOfOther } = ofOther;
      for (const [forOne, forOther] of [
        [
          { ...placeOfOne, sealed_material: b },
          { ...placeOfOther, sealed_material: a },
        ],
        [placeOfOther, placeOfOne],
      ] as const) {
        await put([
          [one.id, forOne],
          [other.id, forOther],
        ]);
        for (const at of [mine, theirs]) {
          for (const { blob } of [mine, theirs]) {
            const refusal = use(scene, { ...at, blob });
            await expect(refusal).rejects.toMatchObject({ code: expect.stringMatching(/^(ROW_INTEGRITY|CIPHERTEXT_INVALID)$/) });
          }
          await expect(wrapAt(scene, at)).rejects.toMatchObject({
            code: expect.stringMatching(/^(ROW_INTEGRITY|CIPHERTEXT_INVALID)$/),
          });
        }
        await put([
          [one.id, ofOne],
          [other.id, ofOther],
        ]);
        expect([await use(scene, mine), await use(scene, theirs)]).toEqual(['AAAA', 'AAAA']);
      }
    }
  });
});

describe('the audit log of a server', () => {
  const dataDir = join(root, 'audited');
  let audit: Awaited<ReturnType<typeof openStoppedAudit>>;
  let files: string[] = [];

  beforeAll(async () => {
    for (let start = 0; start < 2; start += 1) {
      const server = await startServerProcess(dataDir);
      const api = await logIn(server.said.url, server.said.apiKey);
      const instance = await addInstance(api, server.said.resourceGroupId, `i${start}`);
      for (let n = 0; n < 3; n += 1) await addRootKey(api, instance);
      expect(await server.end('SIGTERM')).toBe(0);
    }
    audit = await openStoppedAudit(dataDir);
    files = readdirSync(audit.directory).sort();
  });
  afterAll(() => audit.close());

  const contentOf = (file: string) => readFileSync(join(audit.directory, file));
  const verified = () => verifyAuditLog(audit.directory, audit.key, audit.checkpoints);
  /** Verifies while the file holds something else. */
  async function instead(file: string, content: Uint8Array): Promise<boolean> {
    const before = contentOf(file);
    writeFileSync(join(audit.directory, file), content);
    try {
      return (await verified()).ok;
    } finally {
      writeFileSync(join(audit.directory, file), before);
    }
  }

  it('verifies, and has no record in which a single bit can be changed unnoticed', async () => {
    expect(await verified()).toMatchObject({ ok: true });
    const file = files[0] ?? '';
    const content = contentOf(file);
    const lines = content.toString('utf8').trimEnd().split('\n');
    const at = lines.findIndex((line) => line.includes('"kms.secrets.create"'));
    expect(at).toBeGreaterThan(0);
    const before = Buffer.from(
      lines
        .slice(0, at)
        .map((line) => `${line}\n`)
        .join(''),
    );
    const record = Buffer.from(`${lines[at]}\n`);
    const after = content.subarray(before.length + record.length);
    let bit = 0;
    for (const changed of flips(record)) {
      writeFileSync(join(audit.directory, file), Buffer.concat([before, changed, after]));
      if ((await verified()).ok) expect.fail(`bit ${bit} was changed unnoticed`);
      bit += 1;
    }
    writeFileSync(join(audit.directory, file), content);
    expect(await verified()).toMatchObject({ ok: true });
  });

  it('is found cut wherever lines are missing: at the end, one or more, all of a file, and in the middle', async () => {
    const last = files.at(-1) ?? '';
    const lines = contentOf(last).toString('utf8').trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(6);
    const without = (some: (at: number) => boolean) =>
      Buffer.from(
        lines
          .filter((_, at) => !some(at))
          .map((line) => `${line}\n`)
          .join(''),
      );
    for (let kept = 0; kept < lines.length; kept += 1) {
      expect(
        await instead(
          last,
          without((at) => at >= kept),
        ),
        `${kept} lines are left`,
      ).toBe(false);
      expect(
        await instead(
          last,
          without((at) => at === kept),
        ),
        `line ${kept} is gone`,
      ).toBe(false);
    }
    expect(await instead(last, contentOf(last).subarray(0, -20)), 'the last record is cut').toBe(false);
    for (const file of files) {
      renameSync(join(audit.directory, file), join(root, 'gone'));
      expect((await verified()).ok, `${file} is gone`).toBe(false);
      renameSync(join(root, 'gone'), join(audit.directory, file));
    }
    expect(await verified()).toMatchObject({ ok: true });
  });
});

describe('a database from before rows of keys had MACs', () => {
  it('gets them at the first start, on record, and never again, whatever the database says', async () => {
    const dataDir = join(root, 'older');
    cpSync(join(import.meta.dirname, '../vectors/datadir/A/data'), dataDir, { recursive: true });
    // A checkout keeps no modes.
    chmodSync(join(dataDir, 'dev-seal.key'), 0o400);
    const expected = JSON.parse(readFileSync(join(import.meta.dirname, '../vectors/datadir/A/expected.json'), 'utf8')) as {
      readonly instanceId: string;
      readonly states: Readonly<Record<string, number>>;
    };
    const [disabled = ''] = Object.entries(expected.states).find(([, state]) => state === 2) ?? [];
    const look = async () => {
      const server = await startServerProcess(dataDir, {
        env: { PATH: '', ROOTWARD_CLUSTERS_DOWNLOAD: 'false', ROOTWARD_CLUSTERS_BUILD: 'false' },
      });
      const api = await logIn(server.said.url, server.said.apiKey);
      const read = async (id: string) => {
        const { status, body } = await api.send('GET', `/api/v2/keys/${id}/metadata`, undefined, {
          'bluemix-instance': expected.instanceId,
        });
        return status === 200 ? body.resources[0]?.state : status;
      };
      const states = Object.fromEntries(
        await Promise.all(Object.keys(expected.states).map(async (id) => [id, await read(id)] as const)),
      );
      const metrics = await (await fetch(`${server.said.managementUrl}/metrics`)).text();
      expect(await server.end('SIGTERM')).toBe(0);
      return { states, failures: Number(/^rootward_row_integrity_failures_total (\d+)$/m.exec(metrics)?.[1]) };
    };
    const adoptions = () => [...auditRecords(dataDir)].filter(({ action }) => action === 'rootward.keys.adopt');
    const change = (...statements: string[]) => {
      const database = new DatabaseSync(join(dataDir, 'rootward.db'));
      for (const statement of statements) database.exec(statement);
      database.close();
    };

    expect(await look()).toEqual({ states: expected.states, failures: 0 });
    expect(adoptions()).toMatchObject([
      { outcome: 'success', responseData: { totalResources: Object.keys(expected.states).length } },
    ]);
    change(`update keys set state = 1, mac = null where id = '${disabled}'`);
    expect(await look()).toEqual({ states: { ...expected.states, [disabled]: 500 }, failures: 1 });
    change(`insert into meta (name, value) values ('keys_without_mac', '1')`);
    expect(await look()).toEqual({ states: { ...expected.states, [disabled]: 500 }, failures: 1 });
    expect(adoptions()).toHaveLength(1);
    expect((await examineAudit(dataDir)).report).toMatchObject({ ok: true });
  });
});

/** A root key of which no column is empty. */
async function fullKey(scene: KeyScene): Promise<string> {
  const at = scene.server.clock.now();
  const { id } = await scene.addKey({
    description: 'of a test',
    tags: ['tag'],
    expirationDate: new Date(at + 86_400_000).toISOString(),
  });
  const { keyRows } = scene.server.kms;
  await scene.server.store.change(['keys'], async (tx) => {
    const key = await keyRows.find(tx, scene.headers['bluemix-instance'], id);
    if (!key) throw new Error('the key is not there');
    await keyRows.change(tx, key, {
      updated_at: at,
      rotated_at: at,
      deleted_at: at,
      deleted_by: 'IBMid-1',
      deletion_authorized_by: 'IBMid-2',
      deletion_authorized_at: at,
    });
  });
  return id;
}

interface Column {
  readonly name: string;
  readonly kind: 'text' | 'integer' | 'blob';
  readonly value: string | number | Uint8Array | null;
}

interface Stored {
  /** Bytes of a text, which need not be valid. */
  readonly text?: string | Buffer;
  readonly number?: bigint;
  readonly bytes?: Buffer;
  readonly value?: Column['value'];
}

const NUMBERS: ReadonlySet<string> = new Set([
  'extractable',
  'imported',
  'state',
  'created_at',
  'updated_at',
  'rotated_at',
  'state_changed_at',
  'expires_at',
  'deleted_at',
  'deletion_authorized_at',
]);

const MAY_BE_ABSENT: ReadonlySet<string> = new Set([
  'description',
  'updated_at',
  'rotated_at',
  'expires_at',
  'deleted_at',
  'deleted_by',
  'deletion_authorized_by',
  'deletion_authorized_at',
  'mac',
]);

async function columnsOf(scene: KeyScene, id: string): Promise<Column[]> {
  const row = await scene.server.store.db.selectFrom('keys').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  return Object.entries(row).map(([name, value]) => ({
    name,
    kind: name === 'mac' ? 'blob' : NUMBERS.has(name) ? 'integer' : 'text',
    value,
  }));
}

/** Every bit of a value as the engine stores it, and the value taken away. */
function* changesOf({ name, kind, value }: Column): Generator<Stored> {
  if (kind === 'blob' && value instanceof Uint8Array) {
    for (const bytes of flips(value)) yield { bytes };
    yield { bytes: Buffer.alloc(0) };
    yield { bytes: Buffer.from(value.subarray(0, -1)) };
  }
  if (kind === 'text') for (const text of flips(Buffer.from(String(value)))) yield { text };
  if (kind === 'integer')
    for (let bit = 0n; bit < 64n; bit += 1n) yield { number: BigInt.asIntN(64, BigInt(Number(value)) ^ (1n << bit)) };
  if (MAY_BE_ABSENT.has(name)) yield { value: null };
}

async function rowidOf(scene: KeyScene, id: string): Promise<number> {
  const { rows } = await sql<{ readonly rowid: number }>`select rowid from keys where id = ${id}`.execute(scene.server.store.db);
  return rows[0]?.rowid ?? 0;
}

/** As somebody who has the database in their hands: the server is not asked, but reads it anew. */
async function write(scene: KeyScene, rowid: number, column: string, stored: Stored): Promise<void> {
  const { text, number, bytes, value } = stored;
  const given = text !== undefined ? sql`cast(${Buffer.from(text)} as text)` : sql`${number ?? bytes ?? value ?? null}`;
  await scene.server.store.change(['keys'], async (tx) => {
    await sql`update keys set ${sql.ref(column)} = ${given} where rowid = ${rowid}`.execute(tx);
  });
}

/** Looks for the key by whatever the row says that it is called, wherever it says that it is. What is no text is found nowhere. */
async function foundThere(scene: KeyScene, rowid: number): Promise<string> {
  const { db } = scene.server.store;
  const place = sql<{
    readonly id: string;
    readonly instance_id: string;
  }>`select id, instance_id from keys where rowid = ${rowid}`;
  const { id, instance_id } = (await place.execute(db)).rows[0] ?? { id: '', instance_id: '' };
  try {
    return (await scene.server.kms.keyRows.find(db, instance_id, id)) === undefined ? 'nothing' : 'a key';
  } catch (error) {
    if (error instanceof RootwardError && error.code === 'ROW_INTEGRITY') return 'nothing';
    throw error;
  }
}

interface Place {
  readonly id: string;
  readonly instance: string;
  readonly token: string;
  readonly blob: string;
}

/** A key beside others: of its own instance, of another instance, and of another account. */
async function neighbours(scene: KeyScene): Promise<[Place, Place][]> {
  const { server, headers } = scene;
  const here = { instance: headers['bluemix-instance'], token: server.ownerToken };
  const instanceOf = async (token: string, resource_group: string) => {
    const body = {
      name: 'another',
      target: 'us-south',
      resource_group,
      resource_plan_id: 'eedd3585-90c6-4c8f-be3d-062069e99fc3',
    };
    return { token, instance: (await server.call(createInstance, token, { body })).output.guid };
  };
  const beside = await instanceOf(server.ownerToken, server.account.resourceGroupId);
  const account = await server.addAccount();
  const elsewhere = await instanceOf(account.token, account.resourceGroupId);
  const pairs: [Place, Place][] = [];
  for (const there of [here, beside, elsewhere]) pairs.push([await keyAt(scene, here), await keyAt(scene, there)]);
  return pairs;
}

async function keyAt(
  scene: KeyScene,
  { instance, token }: { readonly instance: string; readonly token: string },
): Promise<Place> {
  const { output } = await scene.server.call(createKey, token, {
    headers: { 'bluemix-instance': instance },
    body: {
      metadata: { collectionType: KEY_TYPE, collectionTotal: 1 },
      resources: [{ type: KEY_TYPE, name: 'a key', extractable: false }],
    },
  });
  const { id } = first(output);
  return { id, instance, token, blob: await wrapAt(scene, { id, instance, token }) };
}

async function wrapAt(scene: KeyScene, { id, instance, token }: Omit<Place, 'blob'>): Promise<string> {
  const input = { token, headers: { 'bluemix-instance': instance }, body: { plaintext: 'AAAA' } };
  return (await scene.call(wrapDek, id, input)).output.ciphertext;
}

async function use(scene: KeyScene, { id, instance, token, blob }: Place): Promise<string> {
  const input = { token, headers: { 'bluemix-instance': instance }, body: { ciphertext: blob } };
  return (await scene.call(unwrapDek, id, input)).output.plaintext;
}
