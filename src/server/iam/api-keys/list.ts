import type { ApiKey } from '../../../contract/api-keys/api-key.ts';
import { listApiKeys } from '../../../contract/api-keys/list.ts';
import { listApiKeys as readPage } from '../../../store/iam/api-keys.ts';
import { type Handler, handle } from '../../handler.ts';
import { withActivity } from '../activity/present.ts';
import type { IamDeps } from '../iam-deps.ts';
import { parseFilter } from '../list-filter.ts';
import { readListPage, wantedPage } from '../list-page.ts';
import { ownAccount } from '../own-account.ts';
import { presentApiKey } from './present.ts';
import { keysOfIdentity } from './target.ts';

const PARAMETERS = ['account_id', 'iam_id', 'scope', 'type', 'filter'] as const;
const FILTERED = ['name', 'description', 'iam_id', 'created_by'] as const;

/** Lists keys of the caller, of one identity or of the account; each is shown only to who may see it. */
export function listApiKeysHandler(deps: IamDeps): Handler {
  return handle(listApiKeys, {
    resolve(call) {
      const accountId = ownAccount(call.principal, call.input.query.account_id);
      const wanted = wantedPage(deps.barrier, call.input.query, PARAMETERS);
      const { filter } = wanted.filters;
      const accepts = filter === undefined ? undefined : parseFilter(filter, FILTERED);
      return {
        target: { serviceName: 'iam-identity', accountId, resourceType: 'apikey' },
        record: { accountId, wanted, accepts },
      };
    },
    async run(call, { accountId, wanted, accepts }) {
      const { iam_id, scope, type } = wanted.filters;
      const iamId = iam_id ?? (scope === 'account' ? undefined : call.principal.iamId);
      const kind = type === 'user' || type === 'serviceid' ? type : undefined;
      const { rows, places } = await readListPage(wanted, {
        barrier: deps.barrier,
        url: new URL('/v1/apikeys', deps.origin()),
        read: (page) => readPage(deps.store.db, { ...page, accountId, iamId, kind }),
        filter: accepts,
      });
      const apikeys: ApiKey[] = [];
      for (const row of rows) {
        const target = keysOfIdentity(accountId, row.iam_id);
        const decision = await deps.decide(call.principal, 'iam-identity.apikey.get', target);
        if (decision.allowed) apikeys.push(withActivity(presentApiKey(row, call.now), row, call.input.query.include_activity));
      }
      return { output: { ...places, apikeys } };
    },
  });
}
