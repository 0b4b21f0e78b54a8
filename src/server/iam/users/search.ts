import { RootwardError } from '../../../contract/errors.ts';
import type { UserFilter } from '../../../store/iam/users.ts';

type Condition = NonNullable<UserFilter['anyOf']>[number];

const COLUMNS: Readonly<Record<string, Condition['column']>> = {
  email: 'email',
  userId: 'email',
  user_id: 'email',
  state: 'state',
  iam_id: 'iam_id',
  realm: 'realm',
};

/** The conditions of `search` (`state:PENDING,email:ada@example.com`) or `user_id`. Throws INVALID_QUERY. */
export function searchConditions(query: {
  readonly search?: string;
  readonly user_id?: string;
}): readonly Condition[] | undefined {
  const { search, user_id } = query;
  if (search !== undefined && user_id !== undefined) throw invalid('search', 'it cannot be given together with user_id');
  if (user_id !== undefined) return [{ column: 'email', value: user_id.toLowerCase() }];
  return search?.split(',').map((text) => {
    const colon = text.indexOf(':');
    const name = text.slice(0, colon);
    const column = Object.hasOwn(COLUMNS, name) ? COLUMNS[name] : undefined;
    if (colon < 1 || !column)
      throw invalid('search', `a condition is field:value with one of ${Object.keys(COLUMNS).join(', ')}`);
    const value = text.slice(colon + 1);
    return { column, value: column === 'email' ? value.toLowerCase() : value };
  });
}

function invalid(name: string, why: string): RootwardError {
  return new RootwardError('INVALID_QUERY', {
    message: `Query parameter ${name}: ${why}.`,
    target: { type: 'query_param', name },
  });
}
