import { RootwardError } from '../../../contract/errors.ts';
import { aliasFault, MAX_ALIASES_OF_KEY } from '../../../contract/key-aliases/alias.ts';
import { insertAlias, type KeyAliasRow, listAliasesOfKey } from '../../../store/kms/key-aliases.ts';
import type { KeyRow } from '../../../store/kms/keys.ts';
import type { Tx } from '../../../store/store.ts';
import type { KmsDeps } from '../kms-deps.ts';

/**
 * Gives a key more aliases. Throws INVALID_FIELD, KEY_ALIAS_NOT_UNIQUE or KEY_ALIAS_QUOTA. A deleted key keeps its aliases until its
 * purge, so that it is found by them again when it is restored.
 */
export async function addAliases(
  _deps: KmsDeps,
  tx: Tx,
  key: KeyRow,
  aliases: readonly string[],
  made: { readonly by: string; readonly now: number },
): Promise<KeyAliasRow[]> {
  if (aliases.length === 0) return [];
  for (const alias of aliases) checkAlias(alias);
  const before = await listAliasesOfKey(tx, key.id);
  const first = (before.at(-1)?.position ?? 0) + 1;
  const rows = aliases.map(
    (alias, index): KeyAliasRow => ({
      instance_id: key.instance_id,
      alias,
      key_id: key.id,
      account_id: key.account_id,
      position: first + index,
      created_at: made.now,
      created_by: made.by,
    }),
  );
  for (const row of rows) {
    // Also refuses what one request names twice.
    if (!(await insertAlias(tx, row))) {
      throw new RootwardError('KEY_ALIAS_NOT_UNIQUE', {
        message: `The alias ${row.alias} is used by a key of this instance already.`,
        target: { type: 'field', name: 'alias' },
      });
    }
  }
  if (before.length + rows.length > MAX_ALIASES_OF_KEY) {
    throw new RootwardError('KEY_ALIAS_QUOTA', { message: `A key may have ${MAX_ALIASES_OF_KEY} aliases.` });
  }
  return rows;
}

function checkAlias(alias: string): void {
  const fault = aliasFault(alias);
  if (fault !== undefined) {
    throw new RootwardError('INVALID_FIELD', { message: `The alias ${fault}.`, target: { type: 'field', name: 'alias' } });
  }
}
