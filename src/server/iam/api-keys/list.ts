import type { ApiKey } from '../../../contract/api-keys/api-key.ts';
import { listApiKeys } from '../../../contract/api-keys/list.ts';
import { listApiKeys as readPage } from '../../../store/iam/api-keys.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { ownAccount } from '../own-account.ts';
import { DEFAULT_PAGE, nextPage, startOfPage } from '../page.ts';
import { presentApiKey } from './present.ts';
import { keysOfIdentity } from './target.ts';

/** Lists keys of the caller, of one identity or of the account; each is shown only to who may see it. */
export function listApiKeysHandler(deps: IamDeps): Handler {
  return handle(listApiKeys, {
    resolve(call) {
      const accountId = ownAccount(call.principal, call.input.query.account_id);
      return { target: { serviceName: 'iam-identity', accountId, resourceType: 'apikey' }, record: accountId };
    },
    async run(call, accountId) {
      const { query } = call.input;
      const limit = query.pagesize ?? DEFAULT_PAGE;
      const iamId = query.iam_id ?? (query.scope === 'account' ? undefined : call.principal.iamId);
      const rows = await readPage(deps.store.db, {
        accountId,
        iamId,
        kind: query.type,
        after: startOfPage(query.pagetoken),
        limit: limit + 1,
      });
      const apikeys: ApiKey[] = [];
      for (const row of rows.slice(0, limit)) {
        const target = keysOfIdentity(accountId, row.iam_id);
        const decision = await deps.decide(call.principal, 'iam-identity.apikey.get', target);
        if (decision.allowed) apikeys.push(presentApiKey(row));
      }
      const first = listUrl(deps.origin(), query);
      const next = nextPage(first, rows, limit);
      return { output: { offset: 0, limit, first, ...(next === undefined ? {} : { next }), apikeys } };
    },
  });
}

/** The address of the first page with the same filters. */
function listUrl(origin: string, query: Readonly<Record<string, unknown>>): string {
  const url = new URL('/v1/apikeys', origin);
  for (const name of ['account_id', 'iam_id', 'scope', 'type']) {
    const value = query[name];
    if (typeof value === 'string') url.searchParams.set(name, value);
  }
  return url.href;
}
