import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FrozenBackup } from '../../../../tools/vectors/frozen-backup.ts';
import { Barrier } from '../../../crypto/barrier.ts';
import { openBarrier } from '../../../crypto/seals/envelope.ts';
import { createRecoveryCode } from '../../../crypto/seals/recovery-code.ts';
import { parseCiphertext, unwrapDek } from '../../../crypto/wrap-ciphertext.ts';
import { findAccount } from '../../../store/iam/accounts.ts';
import { findUser } from '../../../store/iam/users.ts';
import { findInstance } from '../../../store/instances.ts';
import { findKey } from '../../../store/kms/keys.ts';
import { readMeta } from '../../../store/meta.ts';
import { readSqliteStore } from '../../../store/store.ts';
import { loadConfig } from '../../config.ts';
import { createKeyMaterial } from '../../kms/key-material.ts';
import { openDataDir } from '../data-dir.ts';
import { readEnvelopes, sealOf } from '../unseal.ts';
import { restoreBackup } from './restore-backup.ts';
import { verifyBackup } from './verify-backup.ts';

const vectors = join(import.meta.dirname, '../../../../test/vectors/backup');

describe.each(readdirSync(vectors))('the frozen backup %s', (name) => {
  const file = join(vectors, name, 'archive.rwbackup');
  const expected = JSON.parse(readFileSync(join(vectors, name, 'expected.json'), 'utf8')) as FrozenBackup;
  const { recoveryCode, accountId, instanceId, epoch, keys, keyVersions, wraps, standard } = expected;

  it('verifies by its recovery code, and not by another one', async () => {
    const config = loadConfig({ env: {}, flags: { dataDir: '/nonexistent' } });
    expect(await verifyBackup(config, file, recoveryCode)).toMatchObject({ keys, keyVersions, epoch, damagedBefore: [] });
    await expect(verifyBackup(config, file, createRecoveryCode())).rejects.toMatchObject({ code: 'SEAL_MISMATCH' });
    await expect(verifyBackup(config, file, undefined)).rejects.toMatchObject({
      code: 'SEAL_KEY',
      hint: expect.stringContaining('recovery code'),
    });
  });

  it('is restored, with a seal of its own, and everything in it opens', async () => {
    const root = mkdtempSync(join(tmpdir(), 'rootward-frozen-backup-'));
    try {
      const config = loadConfig({ env: {}, flags: { dataDir: join(root, 'data') } });
      const how = { recoveryCode, dryRun: false, atLeastEpoch: undefined, ownerApiKeyFile: join(root, 'key') };
      expect(await restoreBackup(config, file, how)).toMatchObject({ newEpoch: epoch + 1, keyVersions });
      expect(readFileSync(join(root, 'key'), 'utf8')).toMatch(/^rwk_/);
      const dataDir = openDataDir(config.dataDir, false);
      const store = readSqliteStore(dataDir.database);
      try {
        const envelopes = await readEnvelopes(store);
        expect(envelopes.map(({ kind }) => kind).sort()).toEqual(['file', 'recovery-code']);
        using key = await openBarrier(envelopes, sealOf(envelopes, config, dataDir));
        const material = createKeyMaterial({ store, barrier: new Barrier(key), versionsKept: 10 });
        const instance = await findInstance(store.db, accountId, instanceId);
        if (!instance) throw new Error('the instance is not there');
        for (const { keyId, ciphertext, aad, plaintext } of wraps) {
          const parsed = parseCiphertext(ciphertext);
          using dek = unwrapDek(await material.openVersion(instance, keyId, parsed.handle), parsed, aad, undefined);
          expect(dek.use((bytes) => bytes.toString('base64'))).toBe(plaintext);
        }
        // Whoever owned the account before users and people were apart still is one of its users.
        const owner = (await findAccount(store.db, accountId))?.owner_iam_id ?? '';
        expect(await findUser(store.db, accountId, owner)).toMatchObject({
          state: 'ACTIVE',
          email: expect.stringContaining('@'),
        });
        const row = await findKey(store.db, instanceId, standard.keyId);
        using payload = await material.readStandardKey(instance, standard.keyId, row?.unproven.current_version_id ?? '');
        expect(payload.use((bytes) => bytes.toString('base64'))).toBe(standard.payload);
        expect(await readMeta(store.db, 'restore_epoch')).toBe(String(epoch + 1));
        // It is from before rows of keys had MACs; one that has them brings no such mark.
        expect(await readMeta(store.db, 'keys_without_mac')).toBe(row?.unproven.mac === null ? '1' : undefined);
      } finally {
        await store.close();
      }
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
