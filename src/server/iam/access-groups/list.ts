import { listAccessGroups } from '../../../contract/access-groups/list.ts';
import { type AccessGroupRow, listAccessGroups as readGroups } from '../../../store/iam/access-groups.ts';
import { type Handler, handle } from '../../handler.ts';
import type { Principal } from '../../principal.ts';
import type { IamDeps } from '../iam-deps.ts';
import { ownAccount } from '../own-account.ts';
import { groupsTarget, targetOfGroup } from './find.ts';
import { offsetPage, offsetPlaces } from './offset-page.ts';
import { presentGroup } from './present.ts';

/** Lists the groups that the caller may see. */
export function listAccessGroupsHandler(deps: IamDeps): Handler {
  return handle(listAccessGroups, {
    resolve(call) {
      const accountId = ownAccount(call.principal, call.input.query.account_id);
      return { target: groupsTarget(accountId), record: accountId };
    },
    async run(call, accountId) {
      const { query } = call.input;
      const { iam_id, search, membership_type, sort = 'name' } = query;
      // Nobody is a member by a rule here.
      const isNone = iam_id !== undefined && membership_type === 'dynamic';
      const rows = isNone ? [] : await readGroups(deps.store.db, accountId, iam_id);
      const visible = await visibleTo(call.principal, accountId, rows);
      const found = visible.filter(matching(search)).sort(inOrderOf(sort));
      const { limit, offset } = offsetPage(query);
      const groups = found.slice(offset, offset + limit).map((row) => presentGroup(row, deps.origin(), query));
      return { output: { ...offsetPlaces(new URL('/v2/groups', deps.origin()), query, found.length), groups } };
    },
  });

  /** Whoever may see every group is not asked about each. */
  async function visibleTo(principal: Principal, accountId: string, rows: readonly AccessGroupRow[]): Promise<AccessGroupRow[]> {
    const action = 'iam-groups.groups.read';
    if ((await deps.decide(principal, action, { ...groupsTarget(accountId), whole: true })).allowed) return [...rows];
    const visible: AccessGroupRow[] = [];
    for (const row of rows) if ((await deps.decide(principal, action, targetOfGroup(row))).allowed) visible.push(row);
    return visible;
  }
}

/** `name:ops` finds what contains `ops`, in whatever case; `id:` finds the one group. */
function matching(search: string | undefined): (row: AccessGroupRow) => boolean {
  if (search === undefined) return () => true;
  const colon = search.indexOf(':');
  const [field, text] = [search.slice(0, colon), search.slice(colon + 1).toLowerCase()];
  if (field === 'id') return (row) => row.id.toLowerCase() === text;
  const column = field === 'name' ? 'name' : 'description';
  return (row) => (row[column] ?? '').toLowerCase().includes(text);
}

function inOrderOf(sort: string): (a: AccessGroupRow, b: AccessGroupRow) => number {
  const sign = sort.startsWith('-') ? -1 : 1;
  const name = sort.replace('-', '');
  const column = name === 'id' || name === 'description' ? name : 'name';
  const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
  return (a, b) => sign * (compare(a[column] ?? '', b[column] ?? '') || compare(a.id, b.id));
}
