import type { Handler } from '../handler.ts';
import { getGroupHandler } from './groups/get.ts';
import { listGroupsHandler } from './groups/list.ts';
import { createInstanceHandler } from './instances/create.ts';
import { deleteInstanceHandler } from './instances/delete.ts';
import { getInstanceHandler } from './instances/get.ts';
import { listInstancesHandler } from './instances/list.ts';
import type { ResourceDeps } from './resource-deps.ts';

/** Every server half of the resource controller. */
export function resourceHandlers(deps: ResourceDeps): Handler[] {
  return [
    createInstanceHandler(deps),
    listInstancesHandler(deps),
    getInstanceHandler(deps),
    deleteInstanceHandler(deps),
    listGroupsHandler(deps),
    getGroupHandler(deps),
  ];
}
