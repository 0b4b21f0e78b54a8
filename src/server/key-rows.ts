import type { KeyObject } from 'node:crypto';
import { RootwardError } from '../contract/errors.ts';
import { isRecordAuthentic, type RecordField, recordMac } from '../crypto/record-mac.ts';
import { findKeyByAlias } from '../store/kms/key-aliases.ts';
import { findKeys, type KeyFilter, listKeys, type Page, type SortTerm } from '../store/kms/key-list.ts';
import { listKeysOfRing } from '../store/kms/key-rings.ts';
import {
  findKey,
  insertKey,
  type KeyRow,
  type KeyVersionRow,
  listKeysWithoutMac,
  replaceKey,
  type StoredKey,
  setKeyMac,
} from '../store/kms/keys.ts';
import type { Db, Tx } from '../store/store.ts';
import type { KeysTable } from '../store/tables/kms.ts';

export type NewKeyRow = Omit<KeyRow, 'mac'>;

/** Which key it was, as its row says, if that could be read at all. */
export type Doubtful = Partial<Pick<KeyRow, 'id' | 'instance_id' | 'account_id'>>;

/**
 * The only way to the rows of keys, for everybody: what is written gets a MAC over the whole row, and what is read is authentic.
 * Every read throws ROW_INTEGRITY where it finds a row that is not.
 */
export interface KeyRows {
  find(db: Db | Tx, instanceId: string, keyId: string): Promise<KeyRow | undefined>;
  findByAlias(db: Db | Tx, instanceId: string, alias: string): Promise<KeyRow | undefined>;
  findMany(db: Db | Tx, instanceId: string, ids: readonly string[]): Promise<KeyRow[]>;
  /** A page as of store/kms/key-list.ts. One row that is not authentic is enough to refuse all of it. */
  list(db: Db | Tx, filter: KeyFilter, page: Page, sort?: readonly SortTerm[]): Promise<KeyRow[]>;
  insert(tx: Tx, row: NewKeyRow, version: KeyVersionRow): Promise<KeyRow>;
  /** The key as it is after the change. `key` is as this transaction sees it; throws REPLICA_BEHIND if it is older. */
  change(tx: Tx, key: KeyRow, change: Partial<NewKeyRow>): Promise<KeyRow>;
  /** Moves every key of one key ring to another; how many there were. */
  moveRing(tx: Tx, instanceId: string, from: string, to: string, now: number): Promise<number>;
  /** Gives at most `limit` rows that have no MAC theirs, as they are; how many. Only for the start after a migration. */
  adopt(tx: Tx, limit: number): Promise<number>;
}

const KIND = 'key';

/** Every column that the MAC covers, in its order. A column that is not here does not compile. */
const COLUMNS: Readonly<Record<Exclude<keyof KeysTable, 'mac'>, true>> = {
  id: true,
  instance_id: true,
  account_id: true,
  key_ring_id: true,
  name: true,
  description: true,
  tags: true,
  extractable: true,
  imported: true,
  state: true,
  current_version_id: true,
  created_at: true,
  created_by: true,
  updated_at: true,
  rotated_at: true,
  state_changed_at: true,
  expires_at: true,
  deleted_at: true,
  deleted_by: true,
  deletion_authorized_by: true,
  deletion_authorized_at: true,
};
const NAMES = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];

/** `key` is the barrier's for `key-rows`. `onFailure` hears of every row that is not authentic, each time that it is read. */
export function createKeyRows(deps: { readonly key: KeyObject; readonly onFailure: (row: Doubtful) => void }): KeyRows {
  const { key, onFailure } = deps;
  const sealed = (row: NewKeyRow): KeyRow => sealKeyRow(key, row);

  function authentic({ unproven: { mac, ...row } }: StoredKey): KeyRow {
    if (mac !== null && isRecordAuthentic(key, KIND, fieldsOf(row), mac)) return { ...row, mac };
    return refuse(row);
  }

  function refuse({ id, instance_id, account_id }: Doubtful): never {
    onFailure({ id, instance_id, account_id } as Doubtful);
    throw new RootwardError('ROW_INTEGRITY');
  }

  async function reading<T>(read: () => Promise<T>, sought: Doubtful): Promise<T> {
    try {
      return await read();
    } catch (error) {
      // A number that no row of ours ever had: the engine does not even hand it out.
      if (isOutOfRange(error)) return refuse(sought);
      throw error;
    }
  }

  async function change(tx: Tx, before: KeyRow, changes: Partial<NewKeyRow>): Promise<KeyRow> {
    const { mac: _old, ...columns } = before;
    const after = sealed({ ...columns, ...changes });
    if (await replaceKey(tx, before, after)) return after;
    throw new RootwardError('REPLICA_BEHIND', { message: 'The key was changed meanwhile. Try again.' });
  }

  return {
    async find(db, instanceId, keyId) {
      const found = await reading(() => findKey(db, instanceId, keyId), { id: keyId, instance_id: instanceId });
      return found && authentic(found);
    },
    async findByAlias(db, instanceId, alias) {
      const found = await reading(() => findKeyByAlias(db, instanceId, alias), { instance_id: instanceId });
      return found && authentic(found);
    },
    async findMany(db, instanceId, ids) {
      return (await reading(() => findKeys(db, instanceId, ids), { instance_id: instanceId })).map(authentic);
    },
    async list(db, filter, page, sort = []) {
      return (await reading(() => listKeys(db, filter, page, sort), { instance_id: filter.instanceId })).map(authentic);
    },
    async insert(tx, row, version) {
      const made = sealed(row);
      await insertKey(tx, made, version);
      return made;
    },
    change,
    async moveRing(tx, instanceId, from, to, now) {
      const found = await reading(() => listKeysOfRing(tx, instanceId, from), { instance_id: instanceId });
      const keys = found.map(authentic);
      for (const moved of keys) await change(tx, moved, { key_ring_id: to, updated_at: now });
      return keys.length;
    },
    async adopt(tx, limit) {
      const rows = await listKeysWithoutMac(tx, limit);
      for (const { unproven } of rows) await setKeyMac(tx, unproven.id, sealed(unproven).mac);
      return rows.length;
    },
  };
}

/** The row with its MAC under the barrier's key for `key-rows`. */
export function sealKeyRow(key: KeyObject, row: NewKeyRow): KeyRow {
  return { ...row, mac: recordMac(key, KIND, fieldsOf(row)) };
}

function fieldsOf(row: NewKeyRow): RecordField[] {
  return NAMES.map((name) => [name, row[name]]);
}

function isOutOfRange(error: unknown): boolean {
  return error instanceof RangeError;
}
