import type { Action } from '../../../contract/actions.ts';
import { formatCrn } from '../../../contract/crn.ts';
import type { FoundItem } from '../../../contract/search/find.ts';
import { type ClusterRow, listClusters } from '../../../store/clusters/clusters.ts';
import { listGroups, type ResourceGroupRow } from '../../../store/iam/groups.ts';
import { type InstanceRow, type InstanceState, listInstances } from '../../../store/instances.ts';
import type { Db } from '../../../store/store.ts';
import { formatInstant } from '../../instant.ts';
import type { Target } from '../../target.ts';
import { groupCrn, presentGroup } from '../groups/present.ts';
import { instanceCrn, presentInstance, targetOfInstance } from '../instances/present.ts';

const PAGE = 500;
const CLUSTERS = 'containers-kubernetes';

/** One thing that can be found, by whoever may do `action` to `target`. */
export interface Candidate {
  readonly place: Place;
  readonly document: FoundItem;
  readonly action: Action;
  readonly target: Target;
}

/** Kinds are gone through in this order, each by id. */
const KINDS = ['instance', 'group', 'cluster'] as const;
type Kind = (typeof KINDS)[number];

export interface Place {
  readonly kind: Kind;
  readonly id: string;
}

export function isKind(value: unknown): value is Kind {
  return KINDS.some((kind) => kind === value);
}

/** Everything of an account behind `after`, in an order that stays the same. */
export async function* candidates(
  db: Db,
  from: { readonly accountId: string; readonly states: readonly InstanceState[]; readonly after: Place | undefined },
  origin: string,
): AsyncGenerator<Candidate> {
  const begun = from.after ? KINDS.indexOf(from.after.kind) : 0;
  for (const [index, kind] of KINDS.entries()) {
    if (index < begun) continue;
    const after = index === begun ? (from.after?.id ?? '') : '';
    if (kind === 'instance') yield* instances(db, from, after, origin);
    else yield* kind === 'group' ? groups(db, from.accountId, after) : clusters(db, from.accountId, after);
  }
}

async function* instances(
  db: Db,
  { accountId, states }: { readonly accountId: string; readonly states: readonly InstanceState[] },
  behind: string,
  origin: string,
): AsyncGenerator<Candidate> {
  let after: string | undefined = behind;
  while (after !== undefined) {
    const rows: InstanceRow[] = await listInstances(db, { accountId, states, after, limit: PAGE });
    for (const row of rows) {
      yield {
        place: { kind: 'instance', id: row.guid },
        document: documentOfInstance(row, origin),
        action: 'resource-controller.instance.retrieve',
        target: targetOfInstance(row),
      };
    }
    after = rows.length < PAGE ? undefined : rows.at(-1)?.guid;
  }
}

async function* groups(db: Db, accountId: string, after: string): AsyncGenerator<Candidate> {
  for (const row of byId(await listGroups(db, accountId), after)) {
    yield {
      place: { kind: 'group', id: row.id },
      document: documentOfGroup(row),
      action: 'resource-controller.group.retrieve',
      target: { serviceName: 'resource-controller', accountId, resourceType: 'resource-group', resource: row.id },
    };
  }
}

async function* clusters(db: Db, accountId: string, after: string): AsyncGenerator<Candidate> {
  for (const row of byId(await listClusters(db, accountId), after)) {
    yield {
      place: { kind: 'cluster', id: row.id },
      document: documentOfCluster(row),
      action: 'containers-kubernetes.cluster.read',
      target: {
        serviceName: CLUSTERS,
        accountId,
        region: row.region,
        resourceGroupId: row.resource_group_id,
        serviceInstance: row.id,
        name: row.name,
      },
    };
  }
}

function byId<T extends { readonly id: string }>(rows: readonly T[], after: string): T[] {
  return rows.filter(({ id }) => id > after).sort((a, b) => (a.id < b.id ? -1 : 1));
}

function documentOfInstance(row: InstanceRow, origin: string): FoundItem {
  const doc = presentInstance(row, origin);
  return {
    crn: instanceCrn(row),
    name: row.name,
    family: 'resource_controller',
    type: 'resource-instance',
    account_id: row.account_id,
    region: row.region,
    service_name: row.service,
    service_instance: row.guid,
    resource_group_id: row.resource_group_id,
    resource_id: doc.resource_id,
    tags: doc.tags,
    creation_date: doc.created_at,
    modification_date: doc.updated_at,
    doc,
  };
}

function documentOfGroup(row: ResourceGroupRow): FoundItem {
  const doc = presentGroup(row);
  return {
    crn: groupCrn(row.account_id, row.id),
    name: row.name,
    family: 'resource_controller',
    type: 'resource-group',
    account_id: row.account_id,
    region: 'global',
    service_name: 'resource-controller',
    resource_id: row.id,
    tags: [],
    creation_date: doc.created_at,
    modification_date: doc.updated_at,
    doc,
  };
}

function documentOfCluster(row: ClusterRow): FoundItem {
  const { id, name, account_id, region, resource_group_id, provider, state } = row;
  const created_at = formatInstant(row.created_at);
  return {
    crn: formatCrn({ service: CLUSTERS, location: region, accountId: account_id, instance: id }),
    name,
    family: 'containers',
    type: 'k8-cluster',
    account_id,
    region,
    service_name: CLUSTERS,
    service_instance: id,
    resource_group_id,
    resource_id: id,
    tags: [],
    creation_date: created_at,
    modification_date: created_at,
    doc: { id, name, region, resource_group_id, provider, state },
  };
}
