import { findInstanceOfAnyAccount } from '../../store/instances.ts';
import {
  type DueReclamation,
  dueReclamations,
  endReclamation,
  findReclamationOfAnyAccount,
  nextReclamation,
} from '../../store/reclamations.ts';
import { formatInstant } from '../instant.ts';
import { targetOfInstance } from '../kms/keys/resolve-key.ts';
import { removeForGood } from '../resources/reclamations/remove-for-good.ts';
import type { Job } from './job.ts';
import type { JobsDeps } from './jobs-deps.ts';
import { systemRecord } from './system-record.ts';

/** Who did it, where nobody asked for it. */
const SCHEDULER = 'rootward';

/** Removes deleted instances for good that nobody has restored in time. */
export function reclaimInstances(deps: JobsDeps): Job<DueReclamation> {
  return {
    name: 'reclaim',
    isIrreversible: true,
    topics: ['keys', 'iam'],
    due: dueReclamations,
    nearest: nextReclamation,
    async act(tx, item, { now }) {
      const reclamation = await findReclamationOfAnyAccount(tx, item.id);
      // It may have been restored, and deleted anew, since it was found due.
      if (reclamation?.state !== 'SCHEDULED') return undefined;
      const instance = await findInstanceOfAnyAccount(tx, reclamation.instance_guid);
      if (instance?.state !== 'pending_reclamation') return undefined;
      await removeForGood(tx, instance, { iamId: SCHEDULER, at: now, operation: 'reclaim' });
      await endReclamation(tx, reclamation.id, { state: 'RECLAIMED', by: SCHEDULER, at: now });
      const record = systemRecord({
        id: deps.newId(),
        at: now,
        action: 'kms.instance.reclaim',
        target: targetOfInstance(instance),
        feature: 'instances',
        responseData: {
          instanceID: instance.guid,
          resourceName: instance.name,
          reclamationId: reclamation.id,
          reclaimAt: formatInstant(reclamation.target_at),
        },
        correlationId: deps.newId(),
      });
      return { records: [record], after: () => deps.material.forgetInstance(instance.guid) };
    },
  };
}
