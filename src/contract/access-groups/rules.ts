import type { Action } from '../actions.ts';
import { defineOperation, type HttpBinding, type Operation } from '../operation.ts';

const RULES = '/v2/groups/:id/rules';
const input = {} as const;

const refused = (name: string, method: HttpBinding['method'], path: string, action: Action, summary: string) =>
  defineOperation({
    name: `access-groups.${name}`,
    api: 'iam',
    http: { method, path, success: method === 'POST' ? 201 : method === 'DELETE' ? 204 : 200 },
    action,
    auditAs: `iam-groups.rule.${name.replace(/^rules-/, '')}`,
    mutates: false,
    input,
    output: undefined,
    sensitive: [],
    errors: ['NOT_SUPPORTED'],
    summary: `${summary}: not supported, people of an identity provider get their rights by trusted profiles`,
  });

/** Dynamic rules, by which claims of a login make somebody a member. Here claims let people act as a trusted profile. */
export const ACCESS_GROUP_RULES: readonly Operation<typeof input>[] = [
  refused('rules-create', 'POST', RULES, 'iam-groups.groups.update', 'Add a dynamic rule to an access group'),
  refused('rules-list', 'GET', RULES, 'iam-groups.groups.read', 'List the dynamic rules of an access group'),
  refused('rules-get', 'GET', `${RULES}/:rule_id`, 'iam-groups.groups.read', 'Show a dynamic rule of an access group'),
  refused('rules-update', 'PUT', `${RULES}/:rule_id`, 'iam-groups.groups.update', 'Change a dynamic rule of an access group'),
  refused('rules-delete', 'DELETE', `${RULES}/:rule_id`, 'iam-groups.groups.update', 'Delete a dynamic rule of an access group'),
];
