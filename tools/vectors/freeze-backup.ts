/**
 * Freezes a backup archive as this version of the program makes it: `node tools/run.cjs tools/vectors/freeze-backup.ts DIRECTORY`. It holds keys
 * of every kind, and opens by the recovery code beside it. A frozen archive is never written again; a new format gets a new one.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rotateKey } from '../../src/contract/keys/rotate.ts';
import { sealBarrier } from '../../src/crypto/seals/envelope.ts';
import { createRecoveryCode, recoveryCodeSeal } from '../../src/crypto/seals/recovery-code.ts';
import { SecretBytes } from '../../src/crypto/secret-bytes.ts';
import { makeBackup } from '../../src/server/backups/make-backup.ts';
import { recordIn } from '../../src/server/backups/record-in-store.ts';
import { openKeyScene } from '../../src/server/kms/testkit/key-scene.ts';
import { writeMeta } from '../../src/store/meta.ts';
import { insertEnvelope } from '../../src/store/seal-envelopes.ts';
import type { FrozenBackup, FrozenWrap } from './frozen-backup.ts';

const [directory] = process.argv.slice(2);
if (directory === undefined || existsSync(directory)) throw new Error('usage: freeze-backup.ts NEW_DIRECTORY');
mkdirSync(directory, { recursive: true });

const barrierKey = SecretBytes.random(32);
const scene = await openKeyScene({ lifecycle: { rotateIntervalSeconds: 0 }, barrierKey });
const { store, barrier, account } = scene.server;
const root = await scene.addKey({ name: 'root' });
const imported = await scene.addKey({ name: 'imported', payload: Buffer.alloc(16, 5).toString('base64') });
const secret = Buffer.from('a password').toString('base64');
const standard = await scene.addKey({ name: 'standard', extractable: true, payload: secret });
const wraps: FrozenWrap[] = [];
for (const [id, text] of [
  [root.id, 'first version'],
  [root.id, 'second version'],
  [imported.id, 'imported'],
] as const) {
  if (text === 'second version') await scene.call(rotateKey, root.id);
  const plaintext = Buffer.from(text).toString('base64');
  wraps.push({ keyId: id, plaintext, aad: ['vector'], ciphertext: await scene.wrap(id, plaintext, ['vector']) });
}
const recoveryCode = createRecoveryCode();
const createdAt = '2026-01-02T03:04:05.000Z';
const envelope = await sealBarrier(recoveryCodeSeal(recoveryCode), barrierKey, { id: 'recovery', createdAt });
await store.change([], async (tx) => {
  await writeMeta(tx, 'server_id', 'frozen-server');
  await writeMeta(tx, 'restore_epoch', '3');
  await writeMeta(tx, 'account_id', account.accountId);
  await writeMeta(tx, 'region', 'us-south');
  await insertEnvelope(tx, {
    id: envelope.id,
    kind: envelope.kind,
    body: JSON.stringify(envelope),
    created_at: Date.parse(createdAt),
  });
});
const wish = { id: 'frozen-backup', file: join(directory, 'archive.rwbackup'), now: Date.parse(createdAt) };
const made = await makeBackup({ store, barrier }, wish, recordIn(store));

const expected: FrozenBackup = {
  recoveryCode,
  accountId: account.accountId,
  instanceId: scene.headers['bluemix-instance'],
  epoch: made.epoch,
  keys: made.keys,
  keyVersions: made.key_versions,
  wraps,
  standard: { keyId: standard.id, payload: secret },
};
writeFileSync(join(directory, 'expected.json'), `${JSON.stringify(expected, undefined, 2)}\n`);
await scene[Symbol.asyncDispose]();
