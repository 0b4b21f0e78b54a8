import type { Handler } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { addMembersHandler } from './add-members.ts';
import { createAccessGroupHandler } from './create.ts';
import { deleteAccessGroupHandler } from './delete.ts';
import { getAccessGroupHandler } from './get.ts';
import { isMemberHandler } from './is-member.ts';
import { joinGroupsHandler } from './join-many.ts';
import { leaveAllGroupsHandler } from './leave-all.ts';
import { listAccessGroupsHandler } from './list.ts';
import { listMembersHandler } from './list-members.ts';
import { removeMemberHandler, removeMembersHandler } from './remove-members.ts';
import { accessGroupRuleHandlers } from './rules.ts';
import { accessGroupSettingsHandlers } from './settings.ts';
import { updateAccessGroupHandler } from './update.ts';

/** Every server half of access groups. */
export function accessGroupHandlers(deps: IamDeps): Handler[] {
  return [
    createAccessGroupHandler(deps),
    listAccessGroupsHandler(deps),
    getAccessGroupHandler(deps),
    updateAccessGroupHandler(deps),
    deleteAccessGroupHandler(deps),
    addMembersHandler(deps),
    listMembersHandler(deps),
    isMemberHandler(deps),
    removeMemberHandler(deps),
    removeMembersHandler(deps),
    leaveAllGroupsHandler(),
    joinGroupsHandler(deps),
    ...accessGroupRuleHandlers(),
    ...accessGroupSettingsHandlers(),
  ];
}
