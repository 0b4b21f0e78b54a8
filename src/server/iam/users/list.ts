import { RootwardError } from '../../../contract/errors.ts';
import { listUsers } from '../../../contract/users/list.ts';
import { countUsers, listUsers as readPage } from '../../../store/iam/users.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { ownAccount } from '../own-account.ts';
import { presentUser } from './present.ts';
import { searchConditions } from './search.ts';
import { usersOf } from './target.ts';

const DEFAULT_LIMIT = 100;

export function listUsersHandler(deps: IamDeps): Handler {
  return handle(listUsers, {
    resolve(call) {
      const { query, params } = call.input;
      if (query.include_settings) {
        throw new RootwardError('NOT_SUPPORTED', {
          message: 'Users have no settings here.',
          target: { type: 'query_param', name: 'include_settings' },
        });
      }
      const accountId = ownAccount(call.principal, params.account_id);
      return { target: usersOf(accountId), record: { accountId, anyOf: searchConditions(query) } };
    },
    async run({ input: { query } }, filter) {
      const { db } = deps.store;
      const limit = query.limit ?? DEFAULT_LIMIT;
      const rows = await readPage(db, { ...filter, after: startOf(query._start), limit: limit + 1 });
      const shown = rows.slice(0, limit);
      const last = shown.at(-1)?.iam_id;
      const page = (start?: string): string => {
        const url = new URL(`/v2/accounts/${filter.accountId}/users`, deps.origin());
        const parameters = {
          user_id: query.user_id,
          search: query.search,
          limit: String(limit),
          _start: start && Buffer.from(start, 'utf8').toString('base64url'),
        };
        for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
        return url.href;
      };
      return {
        output: {
          total_results: await countUsers(db, filter),
          limit,
          first_url: page(),
          ...(rows.length > limit && last !== undefined && { next_url: page(last) }),
          resources: shown.map(presentUser),
        },
      };
    },
  });
}

/** The last id of the page before, from the token in `next_url`; '' for the first page. */
function startOf(token: string | undefined): string {
  if (token === undefined) return '';
  const id = Buffer.from(token, 'base64url').toString('utf8');
  if (/^[!-~]+$/.test(id)) return id;
  throw new RootwardError('INVALID_QUERY', {
    message: 'Query parameter _start is not one that was in next_url.',
    target: { type: 'query_param', name: '_start' },
  });
}
