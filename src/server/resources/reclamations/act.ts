import { RootwardError } from '../../../contract/errors.ts';
import { reclaimInstance, restoreInstance } from '../../../contract/reclamations/act.ts';
import { findInstance, type InstanceRow, updateInstance } from '../../../store/instances.ts';
import { endReclamation, findReclamation, type ReclamationRow } from '../../../store/reclamations.ts';
import type { Db, Tx } from '../../../store/store.ts';
import { type Handler, handle, type Resolved } from '../../handler.ts';
import { targetOfInstance } from '../instances/present.ts';
import type { ResourceDeps } from '../resource-deps.ts';
import { presentReclamation } from './present.ts';
import { removeForGood } from './remove-for-good.ts';

interface Found {
  readonly reclamation: ReclamationRow;
  readonly instance: InstanceRow;
}

export function restoreInstanceHandler(deps: ResourceDeps): Handler {
  return handle(restoreInstance, {
    resolve: (call) => resolveReclamation(deps.store.db, call.principal.accountId, call.input.params.id),
    async change(call, found, tx) {
      const { instance, reclamation } = await stillScheduled(tx, found);
      const { iamId } = call.principal;
      await updateInstance(tx, instance.guid, {
        state: 'active',
        deleted_by: null,
        reclaim_at: null,
        restored_at: call.now,
        restored_by: iamId,
        updated_at: call.now,
        updated_by: iamId,
        last_operation: 'restore',
      });
      const ended = await end(tx, reclamation, 'RESTORED', iamId, call.now);
      return { output: presentReclamation(ended, instance), audit: facts(found, call.input.body?.comment) };
    },
  });
}

export function reclaimInstanceHandler(deps: ResourceDeps): Handler {
  return handle(reclaimInstance, {
    resolve: (call) => resolveReclamation(deps.store.db, call.principal.accountId, call.input.params.id),
    async change(call, found, tx) {
      const { instance, reclamation } = await stillScheduled(tx, found);
      const { iamId } = call.principal;
      await removeForGood(tx, instance, { iamId, at: call.now, operation: 'reclaim' });
      const ended = await end(tx, reclamation, 'RECLAIMED', iamId, call.now);
      return {
        output: presentReclamation(ended, instance),
        audit: facts(found, call.input.body?.comment),
        after: () => deps.forgetInstance(instance.guid),
      };
    },
  });
}

/** The reclamation with this id in the caller's account, decided about as its instance. */
async function resolveReclamation(db: Db, accountId: string, id: string): Promise<Resolved<Found>> {
  const reclamation = await findReclamation(db, accountId, id);
  const instance = reclamation && (await findInstance(db, accountId, reclamation.instance_guid));
  if (reclamation && instance) return { target: targetOfInstance(instance), record: { reclamation, instance } };
  const target = { serviceName: 'resource-controller', accountId, resourceType: 'reclamation', resource: id };
  return { target, missing: new RootwardError('RECLAMATION_NOT_FOUND') };
}

async function stillScheduled(tx: Tx, { reclamation: { account_id, id }, instance: { guid } }: Found): Promise<Found> {
  const reclamation = await findReclamation(tx, account_id, id);
  const instance = await findInstance(tx, account_id, guid);
  if (reclamation?.state === 'SCHEDULED' && instance?.state === 'pending_reclamation') return { reclamation, instance };
  throw new RootwardError('RECLAMATION_ENDED');
}

async function end(
  tx: Tx,
  row: ReclamationRow,
  state: 'RESTORED' | 'RECLAIMED',
  by: string,
  at: number,
): Promise<ReclamationRow> {
  await endReclamation(tx, row.id, { state, by, at });
  return { ...row, state, updated_at: at, updated_by: by };
}

function facts({ reclamation, instance }: Found, comment: string | undefined) {
  const requestData = { instanceID: instance.guid, resourceName: instance.name, reclamationId: reclamation.id };
  return { requestData: comment === undefined ? requestData : { ...requestData, reason: comment } };
}
