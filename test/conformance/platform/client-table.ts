import { GLOBAL_CATALOG } from './global-catalog/cases.ts';
import { GLOBAL_SEARCH } from './global-search/cases.ts';
import { IAM_ACCESS_GROUPS } from './iam-access-groups/cases.ts';
import { IAM_IDENTITY } from './iam-identity/cases.ts';
import { IAM_POLICY_MANAGEMENT } from './iam-policy-management/cases.ts';
import type { ClientCases } from './method-case.ts';
import { RESOURCE_CONTROLLER } from './resource-controller/cases.ts';
import { RESOURCE_MANAGER } from './resource-manager/cases.ts';
import { USER_MANAGEMENT } from './user-management/cases.ts';

/** Every published client that is checked method by method. */
export const CLIENTS: readonly ClientCases[] = [
  RESOURCE_MANAGER,
  RESOURCE_CONTROLLER,
  IAM_IDENTITY,
  IAM_POLICY_MANAGEMENT,
  IAM_ACCESS_GROUPS,
  USER_MANAGEMENT,
  GLOBAL_CATALOG,
  GLOBAL_SEARCH,
];
