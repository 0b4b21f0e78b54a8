import type { Action } from '../actions.ts';
import { defineOperation, type HttpBinding, type Operation } from '../operation.ts';

const LINKS = '/v1/profiles/:id/links';
const input = {} as const;

const refused = (name: string, method: HttpBinding['method'], path: string, action: Action, summary: string) =>
  defineOperation({
    name: `trusted-profiles.${name}`,
    api: 'iam',
    http: { method, path, success: method === 'POST' ? 201 : method === 'DELETE' ? 204 : 200 },
    action,
    auditAs: `iam-identity.trustedprofile-link.${name.replace(/^links-/, '')}`,
    mutates: false,
    input,
    output: undefined,
    sensitive: [],
    errors: ['NOT_SUPPORTED'],
    summary: `${summary}: not supported, compute resources do not act as trusted profiles here`,
  });

/** Links of compute resources to a trusted profile. */
export const PROFILE_LINKS: readonly Operation<typeof input>[] = [
  refused('links-create', 'POST', LINKS, 'iam-identity.profile.update', 'Link a compute resource to a trusted profile'),
  refused('links-list', 'GET', LINKS, 'iam-identity.profile.get', 'List the links of a trusted profile'),
  refused('links-delete-all', 'DELETE', LINKS, 'iam-identity.profile.update', 'Delete a link by what it is about'),
  refused('links-get', 'GET', `${LINKS}/:link_id`, 'iam-identity.profile.get', 'Show a link of a trusted profile'),
  refused('links-delete', 'DELETE', `${LINKS}/:link_id`, 'iam-identity.profile.update', 'Delete a link of a trusted profile'),
];
