import type { Handler } from '../handler.ts';
import { catalogHandlers } from './catalog/handlers.ts';
import { createGroupHandler } from './groups/create.ts';
import { deleteGroupHandler } from './groups/delete.ts';
import { getGroupHandler } from './groups/get.ts';
import { listGroupsHandler } from './groups/list.ts';
import { listQuotasHandler } from './groups/quotas.ts';
import { updateGroupHandler } from './groups/update.ts';
import { attachedHandlers } from './instances/attached.ts';
import { cancelLastOperationHandler } from './instances/cancel.ts';
import { createInstanceHandler, createInstanceV1Handler } from './instances/create.ts';
import { deleteInstanceHandler } from './instances/delete.ts';
import { getInstanceHandler } from './instances/get.ts';
import { listInstancesHandler } from './instances/list.ts';
import { lockInstanceHandler, unlockInstanceHandler } from './instances/lock.ts';
import { updateInstanceHandler } from './instances/update.ts';
import { reclaimInstanceHandler, restoreInstanceHandler } from './reclamations/act.ts';
import { listReclamationsHandler } from './reclamations/list.ts';
import type { ResourceDeps } from './resource-deps.ts';
import { findResourcesHandler } from './search/find.ts';
import { listTagsHandler } from './search/tags.ts';

/** Every server half of the resource controller. */
export function resourceHandlers(deps: ResourceDeps): Handler[] {
  return [
    createInstanceHandler(deps),
    createInstanceV1Handler(deps),
    listInstancesHandler(deps),
    getInstanceHandler(deps),
    updateInstanceHandler(deps),
    deleteInstanceHandler(deps),
    lockInstanceHandler(deps),
    unlockInstanceHandler(deps),
    cancelLastOperationHandler(deps),
    ...attachedHandlers(deps),
    listReclamationsHandler(deps),
    restoreInstanceHandler(deps),
    reclaimInstanceHandler(deps),
    listGroupsHandler(deps),
    createGroupHandler(deps),
    getGroupHandler(deps),
    updateGroupHandler(deps),
    deleteGroupHandler(deps),
    listQuotasHandler(),
    ...catalogHandlers(deps.region),
    findResourcesHandler(deps),
    listTagsHandler(deps),
  ];
}
