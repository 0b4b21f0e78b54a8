import { randomUUID } from 'node:crypto';
import { basename, dirname, resolve } from 'node:path';
import { RootwardError } from '../../contract/errors.ts';
import { BARRIER_KEY_BYTES, Barrier } from '../../crypto/barrier.ts';
import { openDevSeal } from '../../crypto/seals/dev.ts';
import { openBarrier, parseEnvelope, type Seal, type SealEnvelope, sealBarrier } from '../../crypto/seals/envelope.ts';
import { openFileSeal } from '../../crypto/seals/file.ts';
import { SecretBytes } from '../../crypto/secret-bytes.ts';
import { deleteEnvelopes, insertEnvelope, listEnvelopes, type StoredEnvelope } from '../../store/seal-envelopes.ts';
import type { Store } from '../../store/store.ts';
import type { Config } from '../config.ts';
import type { DataDir } from './data-dir.ts';

/** The seal that the configuration names. Its key file is made only while the store has no envelope at all. */
export function configuredSeal(config: Config, dataDir: DataDir, create: boolean): Seal {
  const isDev = config.dev || config.seal.kind === 'dev';
  if (isDev) return openDevSeal({ dataDirectory: dataDir.root, create });
  return openFileSeal({ path: sealFile(config, dataDir), dataDirectory: dataDir.root, create });
}

/** Where the owner's first API key is left: beside the key of the seal, so that a copy of the data directory does not carry it. */
export function firstApiKeyFile(config: Config, dataDir: DataDir): string {
  return resolve(dirname(sealFile(config, dataDir)), `${basename(dataDir.root)}.first-api-key`);
}

const sealFile = (config: Config, dataDir: DataDir): string => config.seal.file ?? `${dataDir.root}.seal.key`;

/**
 * The seal that opens what lies there, for commands that work beside a server: they need not be told that a data directory belongs
 * to a development server. A server is always told, so that it never runs on a seal beside its data by accident.
 */
export function sealOf(envelopes: readonly SealEnvelope[], config: Config, dataDir: DataDir): Seal {
  const kinds = envelopes.map(({ kind }) => kind);
  const dev = config.dev || (kinds.includes('dev') && !kinds.includes('file'));
  return configuredSeal({ ...config, dev }, dataDir, false);
}

/** Opens the barrier, or makes it on the first start of an empty store. */
export async function unseal(store: Store, config: Config, dataDir: DataDir): Promise<Barrier> {
  const envelopes = await readEnvelopes(store);
  const isFirstStart = envelopes.length === 0;
  const seal = configuredSeal(config, dataDir, isFirstStart);
  using key = isFirstStart ? await createBarrierKey(store, seal) : await openBarrier(envelopes, seal);
  return new Barrier(key);
}

export async function readEnvelopes(store: Store): Promise<SealEnvelope[]> {
  return (await listEnvelopes(store.db)).map((row) => parseEnvelope(row.body));
}

export async function saveEnvelope(store: Store, envelope: SealEnvelope): Promise<void> {
  await store.change([], (tx) => insertEnvelope(tx, rowOf(envelope)));
}

/** Puts an envelope in the place of those of its kind: at no moment is there none. */
export async function replaceEnvelope(store: Store, envelope: SealEnvelope): Promise<void> {
  await store.change([], async (tx) => {
    await deleteEnvelopes(tx, envelope.kind);
    await insertEnvelope(tx, rowOf(envelope));
  });
}

function rowOf(envelope: SealEnvelope): StoredEnvelope {
  const { id, kind, createdAt } = envelope;
  return { id, kind, body: JSON.stringify(envelope), created_at: Date.parse(createdAt) };
}

async function createBarrierKey(store: Store, seal: Seal): Promise<SecretBytes> {
  const key = SecretBytes.random(BARRIER_KEY_BYTES);
  const envelope = await sealBarrier(seal, key, { id: randomUUID(), createdAt: new Date().toISOString() });
  // The envelope is written and read back before anything is sealed under the key: a key that cannot be opened again would be lost data.
  await saveEnvelope(store, envelope);
  using again = await openBarrier(await readEnvelopes(store), seal);
  const isSame = again.use((a) => key.use((b) => a.equals(b)));
  if (!isSame) throw new RootwardError('SEAL_ENVELOPE');
  return key;
}
