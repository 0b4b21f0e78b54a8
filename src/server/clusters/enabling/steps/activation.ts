import { createHash } from 'node:crypto';
import { activationKeyId } from '../../../../contract/agents/key-id.ts';
import {
  type ActivationRow,
  findActiveActivation,
  newestActivationNumber,
  replaceActiveActivation,
} from '../../../../store/clusters/activations.ts';
import type { KeyRow } from '../../../../store/kms/keys.ts';
import { readMeta } from '../../../../store/meta.ts';
import type { Db, Tx } from '../../../../store/store.ts';

const NONCE_BYTES = 16;

/** Lets a cluster wrap under the newest version of `key` from now on. Its activation is like none before, after a restore too. */
export async function activateKey(
  tx: Tx,
  deps: { readonly randomBytes: (size: number) => Buffer },
  clusterId: string,
  key: KeyRow,
  now: number,
): Promise<void> {
  const current = await findActiveActivation(tx, clusterId);
  const epoch = await restoreEpoch(tx);
  if (current && isOfNow(current, epoch) && current.key_id === key.id && current.key_version_id === key.current_version_id)
    return;
  const identity = {
    epoch,
    number: (await newestActivationNumber(tx, clusterId)) + 1,
    nonce: deps.randomBytes(NONCE_BYTES).toString('hex'),
    keyId: key.id,
    keyVersionId: key.current_version_id,
  };
  await replaceActiveActivation(tx, {
    cluster_id: clusterId,
    epoch: identity.epoch,
    number: identity.number,
    nonce: identity.nonce,
    key_id_hash: activationKeyId(identity, sha256),
    instance_id: key.instance_id,
    key_id: key.id,
    key_version_id: key.current_version_id,
    status: 'active',
    created_at: now,
  });
}

/** How often this server's store was restored from a backup. */
export async function restoreEpoch(db: Db): Promise<number> {
  return Number((await readMeta(db, 'restore_epoch')) ?? 0);
}

/**
 * Was the activation issued since the last restore? What was issued before may have been followed by others that the backup does not
 * know, so a cluster needs a new one, and a new proof under it.
 */
export function isOfNow(activation: Pick<ActivationRow, 'epoch'>, epoch: number): boolean {
  return activation.epoch >= epoch;
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}
