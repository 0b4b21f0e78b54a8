import type { AllowedNetwork } from '../../../contract/instances/parameters.ts';
import type { InstanceRow } from '../../../store/instances.ts';
import { findInstancePolicy, saveInstancePolicy } from '../../../store/kms/instance-policies.ts';
import type { Tx } from '../../../store/store.ts';

/** Sets the network policy of an instance as its parameters say: the key service has it in force with the commit. */
export async function setAllowedNetwork(
  tx: Tx,
  instance: Pick<InstanceRow, 'guid' | 'account_id'>,
  allowed_network: AllowedNetwork,
  by: { readonly iamId: string; readonly at: number },
): Promise<void> {
  const before = await findInstancePolicy(tx, instance.guid, 'allowedNetwork');
  await saveInstancePolicy(tx, {
    instance_id: instance.guid,
    type: 'allowedNetwork',
    account_id: instance.account_id,
    enabled: 1,
    attributes: JSON.stringify({ allowed_network }),
    created_at: before?.created_at ?? by.at,
    created_by: before?.created_by ?? by.iamId,
    updated_at: by.at,
    updated_by: by.iamId,
  });
}
