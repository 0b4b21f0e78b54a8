import type { Operation } from '../operation.ts';
import { addMembers } from './add-members.ts';
import { createAccessGroup } from './create.ts';
import { deleteAccessGroup } from './delete.ts';
import { getAccessGroup } from './get.ts';
import { isMember } from './is-member.ts';
import { joinGroups } from './join-many.ts';
import { leaveAllGroups } from './leave-all.ts';
import { listAccessGroups } from './list.ts';
import { listMembers } from './list-members.ts';
import { removeMember } from './remove-member.ts';
import { removeMembers } from './remove-members.ts';
import { ACCESS_GROUP_RULES } from './rules.ts';
import { ACCESS_GROUP_SETTINGS } from './settings.ts';
import { updateAccessGroup } from './update.ts';

export const ACCESS_GROUP_OPERATIONS: readonly Operation[] = [
  createAccessGroup,
  listAccessGroups,
  getAccessGroup,
  updateAccessGroup,
  deleteAccessGroup,
  addMembers,
  listMembers,
  isMember,
  removeMember,
  removeMembers,
  leaveAllGroups,
  joinGroups,
  ...ACCESS_GROUP_RULES,
  ...ACCESS_GROUP_SETTINGS,
];
