import type { Key } from '../../../contract/keys/key.ts';
import type { InstanceRow } from '../../../store/instances.ts';
import { aliasesOfKeys } from '../../../store/kms/key-aliases.ts';
import { policiesOfKeys } from '../../../store/kms/key-policies.ts';
import type { KeyRow } from '../../../store/kms/keys.ts';
import type { Db, Tx } from '../../../store/store.ts';
import type { LifecycleConfig } from '../../lifecycle.ts';
import { presentKey } from '../keys/present.ts';

/** Key ids per query: engines bound how many parameters one may have. */
const AT_ONCE = 500;

/** Keys as the API shows them at `now`, in the given order, with what other tables hold of them. */
export async function describeKeys(
  db: Db | Tx,
  instance: InstanceRow,
  rows: readonly KeyRow[],
  now: number,
  lifecycle: LifecycleConfig,
): Promise<Key[]> {
  const shown: Key[] = [];
  for (let start = 0; start < rows.length; start += AT_ONCE) {
    const some = rows.slice(start, start + AT_ONCE);
    const ids = some.map(({ id }) => id);
    const aliases = await aliasesOfKeys(db, ids);
    const policies = await policiesOfKeys(db, ids);
    for (const row of some) {
      const facts = { aliases: aliases.get(row.id) ?? [], policies: policies.get(row.id) ?? [] };
      shown.push(presentKey(instance, row, facts, now, lifecycle));
    }
  }
  return shown;
}

export async function describeKey(
  db: Db | Tx,
  instance: InstanceRow,
  row: KeyRow,
  now: number,
  lifecycle: LifecycleConfig,
): Promise<Key> {
  const [shown] = await describeKeys(db, instance, [row], now, lifecycle);
  if (!shown) throw new Error('a key could not be described');
  return shown;
}
