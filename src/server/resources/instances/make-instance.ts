import { RootwardError } from '../../../contract/errors.ts';
import { INSTANCE_NAME_LENGTH, type ResourceInstance } from '../../../contract/instances/instance.ts';
import { findPlan, type Plan } from '../../../contract/instances/offerings.ts';
import { findGroup } from '../../../store/iam/groups.ts';
import { type InstanceRow, insertInstance } from '../../../store/instances.ts';
import type { Tx } from '../../../store/store.ts';
import type { Outcome, Resolved } from '../../handler.ts';
import type { Principal } from '../../principal.ts';
import { checkName } from '../name-field.ts';
import type { ResourceDeps } from '../resource-deps.ts';
import { setAllowedNetwork } from './allowed-network.ts';
import { type CheckedParameters, checkParameters } from './parameters.ts';
import { regionOfTarget } from './placement.ts';
import { presentInstance } from './present.ts';

/** A wish for an instance, in the words of whichever form it came in. */
export interface WantedInstance {
  readonly name: string;
  readonly planId: string;
  readonly target: string;
  readonly targetField: 'target' | 'target_crn';
  readonly group: string;
  readonly groupField: 'resource_group' | 'resource_group_id';
  readonly tags: readonly string[];
  readonly allowCleanup: boolean;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The header `Entity-Lock`. */
  readonly entityLock: string | undefined;
}

/** The same, checked. */
export interface InstanceOrder {
  readonly service: InstanceRow['service'];
  readonly plan: Plan;
  readonly region: string;
  readonly name: string;
  readonly locked: boolean;
  readonly wanted: WantedInstance;
  readonly checked: CheckedParameters;
}

/** Throws for what no caller can have; what only the account lacks is said after the decision. */
export async function resolveOrder(
  deps: ResourceDeps,
  { accountId }: Principal,
  wanted: WantedInstance,
): Promise<Resolved<InstanceOrder>> {
  const found = findPlan(wanted.planId);
  if (!found)
    throw new RootwardError('SERVICE_UNKNOWN', {
      message: 'Field resource_plan_id is not the id of a plan that is offered here.',
      target: { type: 'field', name: 'resource_plan_id' },
    });
  const { plan } = found;
  const { service } = found.offering;
  const region = regionOfTarget(wanted.target, plan, wanted.targetField);
  const name = checkName(wanted.name, INSTANCE_NAME_LENGTH);
  const locked = lockOf(wanted.entityLock);
  const checked = checkParameters(service, wanted.parameters);
  const target = { serviceName: service, accountId, region, resourceGroupId: wanted.group, name };
  if (await findGroup(deps.store.db, accountId, wanted.group))
    return { target, record: { service, plan, region, name, locked, wanted, checked } };
  return { target, missing: unknownGroup(wanted.groupField) };
}

/** Makes an instance, active at once. One of Key Protect has an instance key of its own; the keys of the other lie behind an HSM. */
export async function makeInstance(
  deps: ResourceDeps,
  tx: Tx,
  order: InstanceOrder,
  by: { readonly principal: Principal; readonly now: number },
): Promise<Outcome<ResourceInstance>> {
  const { service, plan, region, name, wanted, checked } = order;
  const { iamId, accountId } = by.principal;
  // The group may have been deleted while this waited for its turn.
  if (!(await findGroup(tx, accountId, wanted.group))) throw unknownGroup(wanted.groupField);
  const guid = deps.newId();
  const row: InstanceRow = {
    guid,
    account_id: accountId,
    resource_group_id: wanted.group,
    name,
    service,
    plan_id: plan.id,
    region,
    state: 'active',
    sealed_key: service === 'kms' ? deps.createInstanceKey(accountId, guid) : new Uint8Array(),
    parameters: JSON.stringify(checked.parameters),
    tags: JSON.stringify([...new Set(wanted.tags)]),
    created_at: by.now,
    created_by: iamId,
    updated_at: by.now,
    updated_by: iamId,
    deleted_at: null,
    deleted_by: null,
    locked: order.locked ? 1 : 0,
    allow_cleanup: wanted.allowCleanup ? 1 : 0,
    last_operation: 'create',
    plan_history: '[]',
    reclaim_at: null,
    restored_at: null,
    restored_by: null,
  };
  await insertInstance(tx, row);
  const { allowedNetwork } = checked;
  if (allowedNetwork) await setAllowedNetwork(tx, row, allowedNetwork, { iamId, at: by.now });
  const requestData = {
    resourceName: name,
    resourceGroupId: wanted.group,
    plan: plan.name,
    region,
    locked: order.locked,
    ...(allowedNetwork && { allowed_network: allowedNetwork }),
  };
  return { output: presentInstance(row, deps.origin()), audit: { requestData, responseData: { instanceID: guid } } };
}

function lockOf(header: string | undefined): boolean {
  const said = header?.toLowerCase() ?? '';
  if (said === 'true') return true;
  if (said === '' || said === 'false') return false;
  throw new RootwardError('INVALID_FIELD', {
    message: 'Header Entity-Lock must be true or false.',
    target: { type: 'header', name: 'entity-lock' },
  });
}

function unknownGroup(name: string): RootwardError {
  return new RootwardError('INVALID_FIELD', {
    message: `Field ${name} is not a resource group of this account.`,
    target: { type: 'field', name },
  });
}
