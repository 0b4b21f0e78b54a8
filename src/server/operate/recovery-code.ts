import { randomUUID } from 'node:crypto';
import { openBarrier, sealBarrier } from '../../crypto/seals/envelope.ts';
import { createRecoveryCode as newCode, recoveryCodeSeal } from '../../crypto/seals/recovery-code.ts';
import { joinStore, openStore } from '../../store/store.ts';
import type { Config } from '../config.ts';
import { findDataDir } from './data-dir.ts';
import { configuredSeal, readEnvelopes, replaceEnvelope, sealOf } from './unseal.ts';

/**
 * Makes a recovery code whose envelope really opens the barrier key, in place of any earlier one. `confirm` shows the code to its
 * keeper and says whether it was kept; only then is the envelope written. The server must not run meanwhile.
 */
export async function createRecoveryCode(config: Config, confirm: (code: string) => Promise<boolean>): Promise<boolean> {
  const dataDir = findDataDir(config);
  const store = await openStore({ file: dataDir.database, url: config.store.url });
  try {
    const envelopes = await readEnvelopes(store);
    using key = await openBarrier(envelopes, sealOf(envelopes, config, dataDir));
    const code = newCode();
    const seal = recoveryCodeSeal(code);
    const envelope = await sealBarrier(seal, key, { id: randomUUID(), createdAt: new Date().toISOString() });
    using again = await openBarrier([envelope], seal);
    if (!again.use((a) => key.use((b) => a.equals(b)))) throw new Error('a new recovery code does not open its own envelope');
    if (!(await confirm(code))) return false;
    await replaceEnvelope(store, envelope);
    return true;
  } finally {
    await store.close();
  }
}

export interface SealStatus {
  readonly envelopes: readonly { readonly kind: string; readonly createdAt: string }[];
  readonly hasRecoveryCode: boolean;
}

/** Which envelopes hold the barrier key. Without a recovery code, losing the seal means losing every key. */
export async function readSealStatus(config: Config): Promise<SealStatus> {
  const store = await joinStore({ file: findDataDir(config).database, url: config.store.url });
  try {
    const envelopes = (await readEnvelopes(store)).map(({ kind, createdAt }) => ({ kind, createdAt }));
    return { envelopes, hasRecoveryCode: envelopes.some(({ kind }) => kind === 'recovery-code') };
  } finally {
    await store.close();
  }
}

/**
 * When the seal's key is lost: opens the barrier by the recovery code, makes a new key for the configured seal, and puts its
 * envelope in place of the lost one. No key and no ciphertext changes. Throws RECOVERY_CODE, SEAL_MISMATCH or SEAL_KEY.
 */
export async function restoreSeal(config: Config, code: string): Promise<void> {
  const dataDir = findDataDir(config);
  const store = await openStore({ file: dataDir.database, url: config.store.url });
  try {
    using key = await openBarrier(await readEnvelopes(store), recoveryCodeSeal(code));
    const seal = configuredSeal(config, dataDir, true);
    const envelope = await sealBarrier(seal, key, { id: randomUUID(), createdAt: new Date().toISOString() });
    using again = await openBarrier([envelope], seal);
    if (!again.use((a) => key.use((b) => a.equals(b)))) throw new Error('a new seal does not open its own envelope');
    await replaceEnvelope(store, envelope);
  } finally {
    await store.close();
  }
}
