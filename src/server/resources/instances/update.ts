import { RootwardError } from '../../../contract/errors.ts';
import { INSTANCE_NAME_LENGTH, type ResourceInstance } from '../../../contract/instances/instance.ts';
import { findPlan, type Plan } from '../../../contract/instances/offerings.ts';
import type { AllowedNetwork } from '../../../contract/instances/parameters.ts';
import { updateInstance as operation } from '../../../contract/instances/update.ts';
import { type InstanceRow, updateInstance } from '../../../store/instances.ts';
import { type Handler, handle } from '../../handler.ts';
import { formatInstant } from '../../instant.ts';
import { checkName } from '../name-field.ts';
import type { ResourceDeps } from '../resource-deps.ts';
import { setAllowedNetwork } from './allowed-network.ts';
import { activeInstance, refuseLocked } from './current.ts';
import { resolveInstance } from './find.ts';
import { checkParameters } from './parameters.ts';
import { isOfferedIn, notOffered } from './placement.ts';
import { planHistory, presentInstance, targetOfInstance } from './present.ts';

/** What is asked for, checked. */
interface Change {
  readonly row: InstanceRow;
  readonly name: string | undefined;
  readonly plan: Plan | undefined;
  readonly allowCleanup: boolean | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly allowedNetwork: AllowedNetwork | undefined;
}

/** Changes an instance. Who moves it between networks changes a policy of the key service, and has to be allowed that. */
export function updateInstanceHandler(deps: ResourceDeps): Handler {
  return handle(operation, {
    async resolve(call) {
      const found = await resolveInstance(deps.store.db, call.principal.accountId, call.input.params.id);
      if (found.missing) return found;
      const { body } = call.input;
      const { record: row, target } = found;
      const checked = body.parameters && checkParameters(row.service, body.parameters);
      const record: Change = {
        row,
        name: body.name === undefined ? undefined : checkName(body.name, INSTANCE_NAME_LENGTH),
        plan: body.resource_plan_id === undefined ? undefined : planOf(body.resource_plan_id, row),
        allowCleanup: body.allow_cleanup,
        parameters: checked?.parameters ?? {},
        allowedNetwork: checked?.allowedNetwork,
      };
      if (record.allowedNetwork === undefined) return { target, record };
      const decision = await deps.decide(call.principal, 'kms.instancepolicies.write', targetOfInstance(row));
      if (decision.allowed) return { target, record };
      const message = 'You are not allowed to change the networks of this instance: that takes the service role Manager on it.';
      return { target, missing: new RootwardError('ACTION_DENIED', { message }) };
    },
    async change(call, { row: found, name, plan, allowCleanup, parameters, allowedNetwork }, tx) {
      const before = await activeInstance(tx, found);
      refuseLocked(before);
      const { iamId } = call.principal;
      const had = JSON.parse(before.parameters) as Record<string, unknown>;
      // Each says the network in its own word; the newer one replaces the older.
      const { allowed_network: _network, 'service-endpoints': _endpoints, ...others } = had;
      const changes = {
        name: name ?? before.name,
        plan_id: plan?.id ?? before.plan_id,
        plan_history: JSON.stringify(historyWith(before, plan, iamId, call.now)),
        allow_cleanup: allowCleanup === undefined ? before.allow_cleanup : Number(allowCleanup),
        parameters: JSON.stringify({ ...(allowedNetwork ? others : had), ...parameters }),
        updated_at: call.now,
        updated_by: iamId,
        last_operation: 'update',
      } as const;
      await updateInstance(tx, before.guid, changes);
      if (allowedNetwork) await setAllowedNetwork(tx, before, allowedNetwork, { iamId, at: call.now });
      const after = { ...before, ...changes };
      const requestData = { instanceID: before.guid, initialValue: auditedInstance(before), newValue: auditedInstance(after) };
      return { output: presentInstance(after, deps.origin()), audit: { requestData } };
    },
  });
}

function planOf(planId: string, row: InstanceRow): Plan {
  const field = 'resource_plan_id';
  const found = findPlan(planId);
  if (!found)
    throw new RootwardError('SERVICE_UNKNOWN', {
      message: `Field ${field} is not the id of a plan that is offered here.`,
      target: { type: 'field', name: field },
    });
  if (found.offering.service !== row.service) {
    throw new RootwardError('INVALID_FIELD', {
      message: `Field ${field} is not a plan of ${row.service}: an instance stays with its service.`,
      target: { type: 'field', name: field },
    });
  }
  if (!isOfferedIn(found.plan, row.region)) throw notOffered(found.plan, field);
  return found.plan;
}

function historyWith(row: InstanceRow, plan: Plan | undefined, by: string, at: number): ResourceInstance['plan_history'] {
  const history = planHistory(row);
  if (plan === undefined || plan.id === row.plan_id) return history;
  return [...history, { resource_plan_id: plan.id, start_date: formatInstant(at), requestor_id: by }];
}

function auditedInstance({ name, plan_id, allow_cleanup, parameters }: InstanceRow) {
  const { allowed_network } = JSON.parse(parameters) as { readonly allowed_network?: unknown };
  return { resourceName: name, plan: findPlan(plan_id)?.plan.name, allow_cleanup: allow_cleanup !== 0, allowed_network };
}
