import { RootwardError } from '../../contract/errors.ts';
import { findInstanceOfAnyAccount } from '../../store/instances.ts';
import { type InstancePolicyType, listInstancePolicies, saveInstancePolicy } from '../../store/kms/instance-policies.ts';
import { joinStore, openStore } from '../../store/store.ts';
import type { Config } from '../config.ts';
import { auditedPolicies } from '../kms/instance-policies/present.ts';
import { targetOfInstance } from '../kms/keys/resolve-key.ts';
import { crnOfTarget } from '../target.ts';
import { findDataDir } from './data-dir.ts';
import { operator, recordOperatorsAct } from './record-operators-act.ts';

const NETWORK_POLICIES: readonly InstancePolicyType[] = ['allowedIP', 'allowedNetwork'];

/**
 * Turns the network policies of an instance off, by whoever has the server's own machine: the way back for those who have shut
 * themselves out. Which ones that were. Throws CONFIG, RESOURCE_NOT_FOUND; DATA_DIR_IN_USE while the server runs on an embedded store.
 */
export async function resetNetworkPolicies(config: Config, instanceId: string): Promise<InstancePolicyType[]> {
  const dataDir = findDataDir(config);
  const place = { file: dataDir.database, url: config.store.url };
  // On a shared database everybody may write, also beside the server that has this data directory.
  const store = await (place.url === undefined ? openStore(place) : joinStore(place));
  try {
    const instance = await findInstanceOfAnyAccount(store.db, instanceId);
    if (!instance) throw new RootwardError('RESOURCE_NOT_FOUND', { message: `There is no instance ${instanceId} here.` });
    const now = Date.now();
    return await store.change(['keys'], async (tx) => {
      const policies = await listInstancePolicies(tx, instance.guid);
      const before = policies.filter(({ type, enabled }) => NETWORK_POLICIES.includes(type) && enabled === 1);
      if (before.length === 0) return [];
      const after = before.map((row) => ({ ...row, enabled: 0, updated_at: now, updated_by: operator() }));
      for (const row of after) await saveInstancePolicy(tx, row);
      await recordOperatorsAct(tx, config, dataDir, {
        at: now,
        command: 'kp instance policy-reset',
        action: `${instance.service}.instance-policies.write`,
        status: 204,
        target: {
          id: crnOfTarget(targetOfInstance(instance)),
          name: instance.name,
          typeURI: `${instance.service}/instance-policies`,
        },
        requestData: {
          initialValue: auditedPolicies(before),
          newValue: auditedPolicies(after),
          reason: 'The network policies were turned off at the machine of the server.',
        },
      });
      return before.map(({ type }) => type);
    });
  } finally {
    await store.close();
  }
}
