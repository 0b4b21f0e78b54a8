import { randomBytes, randomUUID } from 'node:crypto';
import { closeSync, constants, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RootwardError } from '../../../contract/errors.ts';
import { Barrier } from '../../../crypto/barrier.ts';
import { openBarrier, type SealEnvelope, sealBarrier } from '../../../crypto/seals/envelope.ts';
import type { SecretBytes } from '../../../crypto/secret-bytes.ts';
import { holdLock } from '../../../store/engines/sqlite.ts';
import { findAccount } from '../../../store/iam/accounts.ts';
import { readMeta } from '../../../store/meta.ts';
import { joinStore, openStore, type Store, type Tx } from '../../../store/store.ts';
import { findUsedTable } from '../../../store/whole-store.ts';
import { openArchive } from '../../backups/archive/archive-reader.ts';
import { examineArchive } from '../../backups/archive/examine-archive.ts';
import { refuseOtherSchema, restoreInto } from '../../backups/restore.ts';
import type { Config } from '../../config.ts';
import { failpoint } from '../../failpoint.ts';
import { createApiKey } from '../../iam/api-keys/new-key.ts';
import { type DataDir, openDataDir } from '../data-dir.ts';
import { configuredSeal } from '../unseal.ts';
import { writeDurably } from '../write-durably.ts';
import { openArchiveSeal } from './archive-seal.ts';
import { asDamage, type BackupFacts, factsOf } from './verify-backup.ts';

export interface RestoreOptions {
  readonly recoveryCode: string | undefined;
  /** Only say what would be restored. */
  readonly dryRun: boolean;
  /** At least this restore epoch: for a backup that has been restored before. */
  readonly atLeastEpoch: number | undefined;
  /** Makes a new API key of the owner and leaves it in this new file. */
  readonly ownerApiKeyFile: string | undefined;
}

export interface Restored extends BackupFacts {
  /** The restore epoch of the restored server. */
  readonly newEpoch: number;
  /** Where: the data directory, or `PostgreSQL`. */
  readonly target: string;
  readonly dryRun: boolean;
}

const STAGE = '.restoring';
/** What may lie in a data directory that counts as empty: what a file system makes, and what an interrupted restore leaves. */
const HARMLESS: readonly string[] = [
  STAGE,
  'lost+found',
  'dev-seal.key',
  'dev-api-key',
  'rootward.db.lock',
  'rootward.db.lock-journal',
];
const HARMLESS_IF_EMPTY: readonly string[] = ['audit', 'audit.journal', 'clusters'];

/**
 * Brings a backup into an empty place: everything or nothing. It is verified to its end first. The configured seal opens the restored
 * store, with a new envelope where the archive has none for it; the recovery code goes on to open it too. Throws BACKUP_TARGET,
 * BACKUP_DAMAGED, and what keeps the archive from being opened.
 */
export async function restoreBackup(config: Config, file: string, options: RestoreOptions): Promise<Restored> {
  const dataDir = openDataDir(config.dataDir, false);
  await refuseUsed(config, dataDir);
  await using reader = await openArchive(file);
  const { header } = reader.read;
  const opened = await asDamage(() => openArchiveSeal(header, config, dataDir, options.recoveryCode));
  using key = opened.key;
  const barrier = new Barrier(key);
  const facts = factsOf(file, await examineArchive(reader, barrier));
  refuseOtherSchema(header);
  const newEpoch = Math.max(header.epoch + 1, options.atLeastEpoch ?? 0);
  const restored = {
    ...facts,
    newEpoch,
    target: config.store.url === undefined ? dataDir.root : 'PostgreSQL',
    dryRun: options.dryRun,
  };
  if (options.dryRun) return restored;
  openDataDir(config.dataDir, true);
  const envelopes = await envelopesFrom(opened.envelopes, key, config, dataDir);
  const keyFile = config.dev ? dataDir.devApiKey : options.ownerApiKeyFile;
  await inPlace(config, dataDir, (store) =>
    restoreInto(store, reader, barrier, {
      location: resolve(file),
      envelopes: envelopes.map((envelope) => ({
        id: envelope.id,
        kind: envelope.kind,
        body: JSON.stringify(envelope),
        created_at: Date.parse(envelope.createdAt),
      })),
      epoch: newEpoch,
      ...(keyFile !== undefined && { alsoIn: (tx) => addOwnerApiKey(tx, barrier, keyFile, config.dev) }),
    }),
  );
  return restored;
}

/** Throws BACKUP_TARGET if something is there that a restore would mix with. */
async function refuseUsed(config: Config, dataDir: DataDir): Promise<void> {
  if (config.store.url !== undefined) return await refuseUsedDatabase(config, dataDir);
  if (!existsSync(dataDir.root)) return;
  const found = readdirSync(dataDir.root).filter((name) => {
    if (HARMLESS_IF_EMPTY.includes(name)) return readdirSync(join(dataDir.root, name)).length > 0;
    return !HARMLESS.includes(name);
  });
  // Hosted clusters bring their etcd with them: their directories may be put there before the restore.
  const inTheWay = found.filter((name) => name !== 'clusters');
  if (inTheWay.length === 0) return;
  throw new RootwardError('BACKUP_TARGET', {
    message: `The data directory ${dataDir.root} is not empty: ${inTheWay.slice(0, 3).join(', ')} is there.`,
    hint: 'Name another directory with --data-dir, or move what is there away.',
  });
}

async function refuseUsedDatabase(config: Config, { database }: DataDir): Promise<void> {
  const store = await joinStore({ file: database, url: config.store.url });
  try {
    if (!(await store.db.introspection.getTables()).some(({ name }) => name === 'meta')) return;
    const used = await findUsedTable(store.db);
    if (used === undefined) return;
    throw new RootwardError('BACKUP_TARGET', {
      message: `The database is not empty: there are rows in ${used}.`,
      hint: 'Name an empty database with --store-url.',
    });
  } finally {
    await store.close();
  }
}

/** The envelopes of the restored store: those of recovery codes, and one of the seal that the configuration names. */
async function envelopesFrom(
  archived: readonly SealEnvelope[],
  key: SecretBytes,
  config: Config,
  dataDir: DataDir,
): Promise<SealEnvelope[]> {
  const seal = configuredSeal(config, dataDir, true);
  const kept = archived.filter(({ kind }) => kind === 'recovery-code');
  const own = archived.find(({ kind, keyId }) => kind === seal.kind && keyId === seal.keyId);
  const envelope = own ?? (await sealBarrier(seal, key, { id: randomUUID(), createdAt: new Date().toISOString() }));
  using again = await openBarrier([envelope], seal);
  if (!again.use((a) => key.use((b) => a.equals(b)))) throw new RootwardError('SEAL_ENVELOPE');
  return [...kept, envelope];
}

/** Runs `work` on the empty store. The embedded one is made aside and gets its name when it is whole. */
async function inPlace(config: Config, dataDir: DataDir, work: (store: Store) => Promise<unknown>): Promise<void> {
  if (config.store.url !== undefined) {
    await closing(await openStore({ file: dataDir.database, url: config.store.url }), work);
    return;
  }
  const stage = join(dataDir.root, STAGE);
  // No server may begin here meanwhile.
  const lock = holdLock(`${dataDir.database}.lock`);
  if (!lock) throw new RootwardError('DATA_DIR_IN_USE');
  try {
    await refuseUsed(config, dataDir);
    rmSync(stage, { recursive: true, force: true });
    mkdirSync(stage, { mode: 0o700 });
    const database = join(stage, 'rootward.db');
    await closing(await openStore({ file: database }), work);
    sync(database, constants.O_RDONLY);
    failpoint('restore-rename');
    renameSync(database, dataDir.database);
    sync(dataDir.root, constants.O_RDONLY | constants.O_DIRECTORY);
  } finally {
    rmSync(stage, { recursive: true, force: true });
    lock.release();
  }
}

async function closing(store: Store, work: (store: Store) => Promise<unknown>): Promise<void> {
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

function sync(path: string, flags: number): void {
  const opened = openSync(path, flags);
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

/** For whoever lost every API key with the machine. */
async function addOwnerApiKey(tx: Tx, barrier: Barrier, file: string, mayReplace: boolean): Promise<void> {
  const accountId = (await readMeta(tx, 'account_id')) ?? '';
  const owner = await findAccount(tx, accountId);
  if (!owner) throw new Error('the restored store has no account');
  const now = Date.now();
  const making = { newId: () => randomUUID(), randomBytes: (size: number) => randomBytes(size), barrier };
  const wanted = { iamId: owner.owner_iam_id, accountId, name: 'restored', createdBy: owner.owner_iam_id, now };
  const { secret } = await createApiKey(tx, making, wanted);
  writeDurably(file, `${secret}\n`, mayReplace);
}
