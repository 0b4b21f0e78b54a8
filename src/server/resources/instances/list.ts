import type { ResourceInstance } from '../../../contract/instances/instance.ts';
import { listInstances } from '../../../contract/instances/list.ts';
import { OFFERINGS } from '../../../contract/instances/offerings.ts';
import { type InstancePage, listInstances as readPage } from '../../../store/instances.ts';
import { type Handler, handle } from '../../handler.ts';
import type { ResourceDeps } from '../resource-deps.ts';
import { presentInstance, targetOfInstance } from './present.ts';

const DEFAULT_LIMIT = 100;
const NO_SERVICE = '';

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
        state: query.state ?? 'active',
        after: startOf(query.start),
        limit: limit + 1,
      };
      const rows = await readPage(deps.store.db, page);
      const shown = rows.slice(0, limit);
      const resources: ResourceInstance[] = [];
      for (const row of shown) {
        const { allowed } = await deps.decide(call.principal, 'resource-controller.instance.retrieve', targetOfInstance(row));
        if (allowed) resources.push(presentInstance(row, deps.origin()));
      }
      const last = rows.length > limit ? shown.at(-1) : undefined;
      const next_url = last === undefined ? null : nextUrl(query, last.guid, limit);
      return { output: { rows_count: resources.length, next_url, resources } };
    },
  });
}

/** `undefined`: every service; a name that no instance has: none. */
function serviceFilter({ type, sub_type, resource_id }: Filters): string | undefined {
  if (type !== undefined && type !== 'service_instance') return NO_SERVICE;
  if (resource_id === undefined) return sub_type;
  const service = OFFERINGS.find(({ id }) => id === resource_id)?.service ?? NO_SERVICE;
  return sub_type === undefined || sub_type === service ? service : NO_SERVICE;
}

function startOf(start: string | undefined): string {
  return start === undefined ? '' : Buffer.from(start, 'base64url').toString('utf8');
}

/** The same question from the next instance on; relative, as published clients expect it. */
function nextUrl(query: Filters, lastGuid: string, limit: number): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (typeof value === 'string') parameters.set(name, value);
  parameters.set('limit', String(limit));
  parameters.set('start', Buffer.from(lastGuid, 'utf8').toString('base64url'));
  return `/v2/resource_instances?${parameters.toString()}`;
}
