import {
  activateSigningKey,
  insertSigningKey,
  listSigningKeys,
  retireSigningKey,
  type SigningKeyRow,
} from '../../../store/iam/signing-keys.ts';
import type { Tx } from '../../../store/store.ts';
import { isCurrent, isNext } from './life.ts';

export interface TurnedOver {
  readonly signing: string;
  readonly retired: readonly string[];
  readonly next: string;
}

/**
 * The next key signs from now on, the one that signed so far only verifies what it has signed, and `next` is published in its turn.
 * Undefined: another server was faster by less than this transaction.
 */
export async function turnOver(tx: Tx, next: SigningKeyRow, now: number): Promise<TurnedOver | undefined> {
  const rows = await listSigningKeys(tx);
  const signing = rows.find(isNext);
  if (!signing || !(await activateSigningKey(tx, signing.kid, now))) return undefined;
  const retired = rows.filter(isCurrent).map(({ kid }) => kid);
  for (const kid of retired) await retireSigningKey(tx, kid, now);
  await insertSigningKey(tx, next);
  return { signing: signing.kid, retired, next: next.kid };
}
