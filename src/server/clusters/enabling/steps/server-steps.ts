import type { ServerStep } from '../../../../contract/enabling/steps.ts';
import { RootwardError } from '../../../../contract/errors.ts';
import { effectiveState } from '../../../../contract/keys/effective-state.ts';
import { KEY_STATE } from '../../../../contract/keys/key-states.ts';
import { updateCluster } from '../../../../store/clusters/clusters.ts';
import { rememberRootKey } from '../../../../store/clusters/root-key-history.ts';
import { updateRunAt } from '../../../../store/clusters/runs.ts';
import type { KeyRow } from '../../../../store/kms/keys.ts';
import type { Db } from '../../../../store/store.ts';
import type { ClusterDeps } from '../../deps.ts';
import { advanced } from '../move-run.ts';
import { parametersAtBegin, type RootKeyRef, runParameters } from '../run-parameters.ts';
import { activateKey } from './activation.ts';
import { registerCluster } from './registration.ts';
import { RELEASE } from './release.ts';
import { keyOfCluster, type ServerStepWork } from './server-step-work.ts';
import { WITHDRAW } from './withdraw.ts';

export const SERVER_STEP_WORK: Readonly<Record<ServerStep, ServerStepWork>> = {
  register: {
    async before(deps, cluster, run) {
      await registerCluster(deps, cluster, runParameters(run), run.correlation_id);
    },
    async commit(tx, deps, cluster, run) {
      const now = deps.now();
      await rememberRootKey(tx, keyOfCluster(cluster, runParameters(run)), now);
      await updateRunAt(tx, run, advanced(run, {}, now));
    },
  },

  activate: {
    async commit(tx, deps, cluster, run) {
      const now = deps.now();
      const parameters = runParameters(run);
      await activateKey(tx, deps, cluster.id, await activeKey(deps, tx, parameters, now), now);
      await updateCluster(tx, cluster.id, {
        plugin_wanted: 1,
        kms_service: parameters.service,
        kms_instance_id: parameters.instanceId,
        kms_key_id: parameters.keyId,
        kms_account_id: parameters.accountId,
        kms_private_endpoint: parameters.privateEndpoint ? 1 : 0,
      });
      await updateRunAt(tx, run, { ...advanced(run, {}, now), parameters: parametersAtBegin(run) });
    },
  },

  release: RELEASE,
  withdraw: WITHDRAW,
};

/** Throws ROOT_KEY_UNUSABLE unless the key is Active at this moment. */
export async function activeKey(deps: Pick<ClusterDeps, 'keyRows'>, db: Db, ref: RootKeyRef, now: number): Promise<KeyRow> {
  const key = await deps.keyRows.find(db, ref.instanceId, ref.keyId);
  if (key && effectiveState(key, now) === KEY_STATE.active) return key;
  throw new RootwardError('ROOT_KEY_UNUSABLE', {
    message: `The root key ${ref.keyId} is not Active any more, so nothing can be sealed by it.`,
    hint: 'Enable or restore the root key, or choose another one.',
  });
}
