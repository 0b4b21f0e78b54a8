import { listPolicies } from '../../../contract/policies/list.ts';
import type { PolicyQuery } from '../../../contract/policies/list-query.ts';
import { listPoliciesV2 } from '../../../contract/policies/list-v2.ts';
import { type Handler, handle, type Resolved } from '../../handler.ts';
import type { Principal } from '../../principal.ts';
import type { IamDeps } from '../iam-deps.ts';
import { ownAccount } from '../own-account.ts';
import { readVisible } from './wire/list-page.ts';
import { presentV1, presentV2 } from './wire/present.ts';

/** Lists policies of the account: those about the caller, and those about targets on which the caller may read policies. */
export function listPoliciesHandler(deps: IamDeps): Handler {
  return handle(listPolicies, {
    resolve: (call) => listOf(call.principal, call.input.query),
    async run(call, accountId) {
      const { query } = call.input;
      const { policies, next } = await readVisible(deps, call.principal, accountId, query);
      const showing = { origin: deps.origin(), format: query.format };
      const shown = policies.map(({ row, document }) => presentV1(row, showing, document));
      return { output: { ...pageFacts('v1', deps.origin(), query, next), policies: shown } };
    },
  });
}

export function listPoliciesV2Handler(deps: IamDeps): Handler {
  return handle(listPoliciesV2, {
    resolve: (call) => listOf(call.principal, call.input.query),
    async run(call, accountId) {
      const { query } = call.input;
      const { policies, next } = await readVisible(deps, call.principal, accountId, query);
      const showing = { origin: deps.origin(), format: query.format };
      const shown = policies.map(({ row, document }) => presentV2(row, showing, document));
      return { output: { ...pageFacts('v2', deps.origin(), query, next), policies: shown } };
    },
  });
}

function listOf(principal: Principal, query: PolicyQuery): Resolved<string> {
  const accountId = ownAccount(principal, query.account_id);
  return { target: { serviceName: 'iam', accountId, resourceType: 'policy' }, record: accountId };
}

/** The addresses of the first and the next page with the same filters; nothing where no pages were asked for. */
function pageFacts(version: 'v1' | 'v2', origin: string, query: PolicyQuery, start: string | undefined) {
  const { limit } = query;
  if (limit === undefined) return {};
  const first = new URL(`/${version}/policies`, origin);
  for (const [name, value] of Object.entries(query)) {
    if (name !== 'start') first.searchParams.set(name, String(value));
  }
  const next = new URL(first);
  if (start !== undefined) next.searchParams.set('start', start);
  return { limit, first: { href: first.href }, ...(start !== undefined && { next: { href: next.href, start } }) };
}
