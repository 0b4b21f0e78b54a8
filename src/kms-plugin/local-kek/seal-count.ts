import { RootwardError } from '../../contract/errors.ts';
import type { NodeStateFile } from '../state/node-state.ts';

/** A local KEK seals at most this often, far below what random 96-bit nonces allow. */
export const MOST_SEALS = 2 ** 20;
const BLOCK = 4096;
const RENEW_AT = MOST_SEALS * 0.9;

/** Counts the seals of the stored local KEK over restarts. */
export interface SealCount {
  /** One more seal. Throws REPLICA_BEHIND when the KEK has to be replaced first. */
  readonly next: () => void;
  readonly nearlyUsedUp: () => boolean;
}

/** Reserves seals on disk in blocks: a crash loses the rest of a block, never a count. */
export function createSealCount(nodeState: NodeStateFile): SealCount {
  const counted = nodeState.current().localKek;
  let reserved = counted?.seals ?? 0;
  let left = 0;
  return {
    nearlyUsedUp: () => reserved >= RENEW_AT,
    next: () => {
      if (left === 0) {
        const { localKek } = nodeState.current();
        if (localKek === undefined || localKek.wrapped !== counted?.wrapped || reserved + BLOCK > MOST_SEALS) {
          throw new RootwardError('REPLICA_BEHIND', { message: 'the local KEK is used up and is being replaced' });
        }
        reserved += BLOCK;
        left = BLOCK;
        nodeState.save({ localKek: { ...localKek, seals: reserved } });
      }
      left -= 1;
    },
  };
}
