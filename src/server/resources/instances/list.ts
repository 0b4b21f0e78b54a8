import { RootwardError } from '../../../contract/errors.ts';
import type { INSTANCE_STATES, ResourceInstance } from '../../../contract/instances/instance.ts';
import { listInstances } from '../../../contract/instances/list.ts';
import { OFFERINGS } from '../../../contract/instances/offerings.ts';
import { type InstancePage, type InstanceRow, type InstanceState, listInstances as readPage } from '../../../store/instances.ts';
import { type Handler, handle } from '../../handler.ts';
import { parseInstant } from '../../instant.ts';
import type { Principal } from '../../principal.ts';
import type { ResourceDeps } from '../resource-deps.ts';
import { presentInstance, targetOfInstance } from './present.ts';

const DEFAULT_LIMIT = 100;
/** Rows read at once while those that the caller may see are looked for. */
const BATCH = 500;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NO_SERVICE = '';
const DAY_MS = 86_400_000;
/** Published clients know more states; no instance is ever in one of those. */
const OCCURRING: readonly InstanceState[] = ['active', 'pending_reclamation', 'removed'];

type Filters = Readonly<Record<string, unknown>> & {
  readonly type?: string;
  readonly sub_type?: string;
  readonly resource_id?: string;
};

/** Lists instances; each is shown only to who has a platform role on it. */
export function listInstancesHandler(deps: ResourceDeps): Handler {
  return handle(listInstances, {
    resolve(call) {
      const { accountId } = call.principal;
      return { target: { serviceName: 'resource-controller', accountId, resourceType: 'instance' }, record: accountId };
    },
    async run(call, accountId) {
      const { query } = call.input;
      const limit = query.limit ?? DEFAULT_LIMIT;
      const page: InstancePage = {
        accountId,
        guid: query.guid,
        name: query.name,
        resourceGroupId: query.resource_group_id,
        planId: query.resource_plan_id,
        service: serviceFilter(query),
        states: statesOf(query.state),
        updatedFrom: instantOf('updated_from', query.updated_from, 0),
        // The whole last second, or day: an answer shows no part of a second.
        updatedTo: instantOf('updated_to', query.updated_to, DAY_MS - 1),
        after: startOf(query.start),
        limit: BATCH,
      };
      const { rows, more } = await readVisible(deps, call.principal, page, limit);
      const resources: ResourceInstance[] = rows.map((row) => presentInstance(row, deps.origin()));
      const last = more ? rows.at(-1) : undefined;
      const next_url = last === undefined ? null : nextUrl(query, last.guid, limit);
      return { output: { rows_count: resources.length, next_url, resources } };
    },
  });
}

/**
 * A page of what the caller may see, and whether there is more of that. So neither the number of pages nor a page's token tells of
 * instances that he may not see.
 */
async function readVisible({ store, decide }: ResourceDeps, principal: Principal, page: InstancePage, limit: number) {
  const rows: InstanceRow[] = [];
  let { after } = page;
  for (;;) {
    const found = await readPage(store.db, { ...page, after });
    for (const row of found) {
      if (!(await decide(principal, 'resource-controller.instance.retrieve', targetOfInstance(row))).allowed) continue;
      if (rows.length === limit) return { rows, more: true };
      rows.push(row);
    }
    const end = found.at(-1);
    if (!end || found.length < page.limit) return { rows, more: false };
    after = end.guid;
  }
}

function statesOf(asked: (typeof INSTANCE_STATES)[number] | undefined): readonly InstanceState[] {
  return OCCURRING.filter((state) => state === (asked ?? 'active'));
}

/** `undefined`: every service; a name that no instance has: none. */
function serviceFilter({ type, sub_type, resource_id }: Filters): string | undefined {
  if (type !== undefined && type !== 'service_instance') return NO_SERVICE;
  if (resource_id === undefined) return sub_type;
  const service = OFFERINGS.find(({ id }) => id === resource_id)?.service ?? NO_SERVICE;
  return sub_type === undefined || sub_type === service ? service : NO_SERVICE;
}

/** `inDay` is what of a day counts where only the day is named. */
function instantOf(name: string, text: string | undefined, inDay: number): number | undefined {
  if (text === undefined) return undefined;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const instant = /^\d{4}-\d{2}-\d{2}/.test(text) ? parseInstant(text) : undefined;
  if (instant !== undefined) return isDay ? instant + inDay : instant + (inDay > 0 ? 999 : 0);
  throw new RootwardError('INVALID_QUERY', {
    message: `Query parameter ${name} must be a day or an instant, such as 2026-01-31.`,
    target: { type: 'query_param', name },
  });
}

function startOf(start: string | undefined): string {
  if (start === undefined) return '';
  const guid = Buffer.from(start, 'base64url').toString('utf8');
  if (GUID.test(guid)) return guid;
  throw new RootwardError('INVALID_QUERY', {
    message: 'Query parameter start is not the token of a page of this list.',
    target: { type: 'query_param', name: 'start' },
  });
}

/** The same question from the next instance on; relative, as published clients expect it. */
function nextUrl(query: Filters, lastGuid: string, limit: number): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (typeof value === 'string') parameters.set(name, value);
  parameters.set('limit', String(limit));
  parameters.set('start', Buffer.from(lastGuid, 'utf8').toString('base64url'));
  return `/v2/resource_instances?${parameters.toString()}`;
}
