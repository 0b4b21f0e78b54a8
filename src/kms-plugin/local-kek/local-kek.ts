import { createSecretKey } from 'node:crypto';
import { RootwardError } from '../../contract/errors.ts';
import { type WrappedKek, wrappedKek } from '../blob/blob.ts';
import type { KeyService } from '../key-service/key-service.ts';
import { CallFailure } from '../lease/call-failure.ts';
import type { Leases } from '../lease/leases.ts';
import type { NamedActivation } from '../state/snapshot.ts';
import { type Keks, kekAad, tellLease } from './keks.ts';

const KEK_BYTES = 32;
const CALL_MS = 2000;

/**
 * Makes a local KEK for an activation: random, wrapped by the root key, and unwrapped again before anything is sealed with it.
 * Throws CallFailure, or REPLICA_BEHIND when the key service wraps by another key version than the activation's.
 */
export async function makeLocalKek(
  activation: NamedActivation,
  deps: {
    readonly service: KeyService;
    readonly keks: Keks;
    readonly leases: Leases;
    readonly clusterId: string;
    readonly clock: () => number;
    readonly random: (bytes: number) => Buffer;
  },
): Promise<WrappedKek> {
  const root = { instanceId: activation.instanceId, rootKeyId: activation.keyId };
  const startedAt = deps.clock();
  const secret = deps.random(KEK_BYTES);
  try {
    const { ciphertext, keyVersionId } = await deps.service.wrap(
      root,
      secret,
      kekAad(deps.clusterId, activation.publicKeyId),
      CALL_MS,
    );
    if (keyVersionId !== activation.keyVersionId) {
      throw new RootwardError('REPLICA_BEHIND', {
        message: "the key service wraps by another key version than the activation's",
      });
    }
    const kek = wrappedKek({
      ...root,
      epoch: activation.epoch,
      number: activation.number,
      keyId: activation.publicKeyId,
      wrapped: ciphertext,
    });
    const key = await deps.keks.ask(kek, CALL_MS, false);
    if (!key.equals(createSecretKey(secret))) throw new CallFailure('protocol', 'unwrap gave another key than was wrapped');
    deps.leases.apply(root, { type: 'renewed', startedAt });
    deps.keks.hold(kek, key);
    return kek;
  } catch (error) {
    tellLease(deps.leases, root, error, deps.clock());
    throw error;
  } finally {
    secret.fill(0);
  }
}
