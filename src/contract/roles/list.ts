import Type, { type Static } from 'typebox';
import { defineOperation } from '../operation.ts';
import { PolicyType } from '../policies/policy.ts';

export const Role = Type.Object({
  display_name: Type.String(),
  description: Type.String(),
  actions: Type.Array(Type.String()),
  crn: Type.String(),
});
export type Role = Static<typeof Role>;

/** Roles of an account's own making do not exist here, so that list is always empty. */
export const RoleList = Type.Object({
  custom_roles: Type.Array(Role),
  service_roles: Type.Array(Role),
  system_roles: Type.Array(Role),
});
export type RoleList = Static<typeof RoleList>;

const Name = Type.Optional(Type.String({ minLength: 1, maxLength: 64 }));

export const listRoles = defineOperation({
  name: 'roles.list',
  api: 'iam',
  http: { method: 'GET', path: '/v2/roles', aliases: ['/v1/roles'], success: 200 },
  action: 'iam.policy.read',
  auditAs: 'iam-am.role.list',
  mutates: false,
  input: {
    query: Type.Object({
      account_id: Type.Optional(Type.String({ maxLength: 64 })),
      /** Absent: the roles that policies about all services take. */
      service_name: Name,
      source_service_name: Name,
      policy_type: Type.Optional(PolicyType),
      service_group_id: Name,
    }),
  },
  output: RoleList,
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH', 'INVALID_QUERY', 'NOT_SUPPORTED'],
  cli: {
    command: ['iam', 'roles'],
    options: {
      '--service <name>': { into: 'query.service_name', help: 'service that the roles are for, such as kms' },
      '--source-service <name>': {
        into: 'query.source_service_name',
        help: 'service that uses it: the roles of service authorizations',
      },
    },
  },
  summary: 'List the roles that policies on a service, or authorizations between two services, can grant',
});
