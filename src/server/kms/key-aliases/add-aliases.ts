import { RootwardError } from '../../../contract/errors.ts';
import type { KeyRow } from '../../../store/keys.ts';
import type { Tx } from '../../../store/store.ts';
import type { KmsDeps } from '../kms-deps.ts';

/** Gives a key more aliases. Throws INVALID_FIELD, KEY_ALIAS_NOT_UNIQUE or KEY_ALIAS_QUOTA. */
export async function addAliases(
  _deps: KmsDeps,
  _tx: Tx,
  _key: KeyRow,
  aliases: readonly string[],
  _made: { readonly by: string; readonly now: number },
): Promise<void> {
  if (aliases.length > 0) throw new RootwardError('NOT_SUPPORTED');
}
