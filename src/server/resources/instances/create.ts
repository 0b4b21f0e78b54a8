import { createInstance, createInstanceV1 } from '../../../contract/instances/create.ts';
import { type Handler, handle } from '../../handler.ts';
import type { ResourceDeps } from '../resource-deps.ts';
import { makeInstance, resolveOrder } from './make-instance.ts';

export function createInstanceHandler(deps: ResourceDeps): Handler {
  return handle(createInstance, {
    resolve: ({ principal, input: { body, headers } }) =>
      resolveOrder(deps, principal, {
        name: body.name,
        planId: body.resource_plan_id,
        target: body.target,
        targetField: 'target',
        group: body.resource_group,
        groupField: 'resource_group',
        tags: body.tags ?? [],
        allowCleanup: body.allow_cleanup ?? false,
        parameters: body.parameters ?? {},
        entityLock: headers['entity-lock'],
      }),
    change: (call, order, tx) => makeInstance(deps, tx, order, call),
  });
}

export function createInstanceV1Handler(deps: ResourceDeps): Handler {
  return handle(createInstanceV1, {
    resolve: ({ principal, input: { body, headers } }) =>
      resolveOrder(deps, principal, {
        name: body.name,
        planId: body.resource_plan_id,
        target: body.target_crn,
        targetField: 'target_crn',
        group: body.resource_group_id,
        groupField: 'resource_group_id',
        tags: body.tags ?? [],
        allowCleanup: false,
        parameters: body.parameters ?? {},
        entityLock: headers['entity-lock'],
      }),
    change: (call, order, tx) => makeInstance(deps, tx, order, call),
  });
}
