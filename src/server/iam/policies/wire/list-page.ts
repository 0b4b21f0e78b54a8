import { serviceTypeOf } from '../../../../contract/actions.ts';
import { RootwardError } from '../../../../contract/errors.ts';
import type { PolicyQuery, SortField } from '../../../../contract/policies/list-query.ts';
import type { PolicyRow } from '../../../../store/iam/policies.ts';
import { type PolicyOrder, readPolicyPage } from '../../../../store/iam/policy-pages.ts';
import type { Principal } from '../../../principal.ts';
import { exactValue, type PolicyDocument, parseDocument } from '../../decide/policy-document.ts';
import type { IamDeps } from '../../iam-deps.ts';
import { mayOnPolicy, targetsOfPolicy } from '../target.ts';

export interface ShownPolicy {
  readonly row: PolicyRow;
  readonly document: PolicyDocument;
}

export interface PolicyListPage {
  readonly policies: readonly ShownPolicy[];
  /** Where the next page begins; undefined: this is the last one. */
  readonly next: string | undefined;
}

/** Rows read at once while those that the caller may see are looked for. */
const BATCH = 500;

/** An href says no more than the id does. */
const ORDER: Readonly<Record<SortField, PolicyOrder>> = {
  id: 'id',
  href: 'id',
  type: 'type',
  created_at: 'created_at',
  created_by_id: 'created_by',
  last_modified_at: 'modified_at',
  last_modified_by_id: 'modified_by',
  state: 'state',
};

/** Policies of the account that are about the caller, or about targets on which he may read policies; `limit` absent: all. */
export async function readVisible(
  { store, decide }: Pick<IamDeps, 'store' | 'decide'>,
  principal: Principal,
  accountId: string,
  query: PolicyQuery,
): Promise<PolicyListPage> {
  refuseUnknownFilters(query);
  const { iam_id: iamId, access_group_id: groupId, limit, sort = 'created_at' } = query;
  // Nothing has both an identity and a group as its subject.
  if (iamId !== undefined && groupId !== undefined) return { policies: [], next: undefined };
  const order = ORDER[sort.replace(/^-/, '') as SortField];
  const page = {
    accountId,
    state: query.state ?? 'active',
    type: query.type,
    subjectKey: iamId ?? groupId,
    order,
    descending: sort.startsWith('-'),
    limit: BATCH,
  } as const;
  const policies: ShownPolicy[] = [];
  let after = query.start === undefined ? undefined : readStart(query.start, order);
  for (;;) {
    const rows = await readPolicyPage(store.db, { ...page, after });
    for (const row of rows) {
      const document = parseDocument(row.document);
      if (!fits(document, query)) continue;
      const visible = row.subject_key === principal.iamId || (await mayOnPolicy(decide, principal, 'iam.policy.read', document));
      if (!visible) continue;
      const last = policies.at(-1)?.row;
      if (limit !== undefined && policies.length === limit && last) return { policies, next: writeStart(last, order) };
      policies.push({ row, document });
    }
    const end = rows.at(-1);
    if (rows.length < BATCH || !end) return { policies, next: undefined };
    after = { value: end[order], id: end.id };
  }
}

function fits(document: PolicyDocument, query: PolicyQuery): boolean {
  const { service_name: service, service_type: type, source_service_name: source } = query;
  if (source !== undefined && exactValue(document.subject, 'serviceName') !== source) return false;
  if (service === undefined && type === undefined) return true;
  return targetsOfPolicy(document).some(
    ({ serviceName }) =>
      (service === undefined || serviceName === service) && (type === undefined || serviceTypeOf(serviceName) === type),
  );
}

function refuseUnknownFilters(query: PolicyQuery): void {
  for (const name of ['tag_name', 'tag_value', 'service_group_id'] as const) {
    if (query[name] === undefined) continue;
    throw new RootwardError('NOT_SUPPORTED', {
      message: `Query parameter ${name}: access tags and groups of services are not supported.`,
      target: { type: 'query_param', name },
    });
  }
}

function writeStart(row: PolicyRow, order: PolicyOrder): string {
  return Buffer.from(JSON.stringify([order, row[order], row.id])).toString('base64url');
}

/** Throws INVALID_QUERY unless it is the token of a page in the same order. */
function readStart(start: string, order: PolicyOrder): { value: string | number; id: string } {
  const token = readToken(start);
  if (Array.isArray(token) && token.length === 3) {
    const [of, value, id] = token as unknown[];
    const wanted = order === 'created_at' || order === 'modified_at' ? 'number' : 'string';
    const isTyped = typeof value === wanted && (typeof value === 'string' || Number.isSafeInteger(value));
    if (of === order && isTyped && typeof id === 'string' && !`${String(value)}${id}`.includes('\0')) {
      return { value: value as string | number, id };
    }
  }
  throw new RootwardError('INVALID_QUERY', {
    message: 'Query parameter start is not the token of a page of this list.',
    target: { type: 'query_param', name: 'start' },
  });
}

function readToken(start: string): unknown {
  try {
    return JSON.parse(Buffer.from(start, 'base64url').toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
