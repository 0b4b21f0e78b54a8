import { RootwardError } from '../../../contract/errors.ts';
import { createInstance } from '../../../contract/instances/create.ts';
import { findPlan } from '../../../contract/instances/offerings.ts';
import { findGroup } from '../../../store/iam/groups.ts';
import { type InstanceRow, insertInstance } from '../../../store/instances.ts';
import { type Handler, handle } from '../../handler.ts';
import type { Target } from '../../target.ts';
import type { ResourceDeps } from '../resource-deps.ts';
import { regionOfTarget } from './placement.ts';
import { presentInstance } from './present.ts';

/** Creates an instance with an instance key of its own; it is active at once. */
export function createInstanceHandler(deps: ResourceDeps): Handler {
  return handle(createInstance, {
    async resolve(call) {
      const { body, headers } = call.input;
      const { accountId } = call.principal;
      const found = findPlan(body.resource_plan_id);
      if (!found) throw new RootwardError('SERVICE_UNKNOWN', { target: { type: 'field', name: 'resource_plan_id' } });
      const region = regionOfTarget(body.target, found.plan.id);
      const { service } = found.offering;
      const target: Target = {
        serviceName: service,
        accountId,
        region,
        resourceGroupId: body.resource_group,
        name: body.name,
      };
      const missing =
        unsupported(service, headers['entity-lock'], body.allow_cleanup) ?? (await unknownGroup(accountId, body.resource_group));
      return missing
        ? { target, missing }
        : { target, record: { service, planId: found.plan.id, planName: found.plan.name, region } };
    },
    async change(call, { service, planId, planName, region }, tx) {
      const { body } = call.input;
      const { iamId, accountId } = call.principal;
      const guid = deps.newId();
      const row: InstanceRow = {
        guid,
        account_id: accountId,
        resource_group_id: body.resource_group,
        name: body.name,
        service,
        plan_id: planId,
        region,
        state: 'active',
        sealed_key: deps.createInstanceKey(accountId, guid),
        parameters: JSON.stringify(body.parameters ?? {}),
        tags: JSON.stringify(body.tags ?? []),
        created_at: call.now,
        created_by: iamId,
        updated_at: call.now,
        updated_by: iamId,
        deleted_at: null,
        deleted_by: null,
        locked: 0,
        allow_cleanup: 0,
        last_operation: 'create',
      };
      await insertInstance(tx, row);
      const requestData = { resourceName: body.name, resourceGroupId: body.resource_group, plan: planName, region };
      return { output: presentInstance(row, deps.origin()), audit: { requestData, responseData: { instanceID: guid } } };
    },
  });

  async function unknownGroup(accountId: string, id: string): Promise<RootwardError | undefined> {
    if (await findGroup(deps.store.db, accountId, id)) return undefined;
    return new RootwardError('INVALID_FIELD', {
      message: 'Field resource_group is not a resource group of this account.',
      target: { type: 'field', name: 'resource_group' },
    });
  }
}

/** What would be forgotten silently is refused instead. */
function unsupported(service: string, lock: string | undefined, allowCleanup: boolean | undefined): RootwardError | undefined {
  if (service === 'hs-crypto') {
    return new RootwardError('NOT_SUPPORTED', { message: 'Hyper Protect instances are not supported yet. Use kms.' });
  }
  if (lock !== undefined && lock !== '' && lock.toLowerCase() !== 'false') {
    return new RootwardError('NOT_SUPPORTED', { message: 'Locked instances are not supported yet.' });
  }
  if (allowCleanup === true) return new RootwardError('NOT_SUPPORTED', { message: 'allow_cleanup is not supported.' });
  return undefined;
}
