import { type CatalogEntry, CONTAINERS_ENTRY } from '../../../contract/catalog/entry.ts';
import { formatCrn } from '../../../contract/crn.ts';
import { deploymentCrn, OFFERINGS, type Offering, type Plan, REGIONS } from '../../../contract/instances/offerings.ts';

interface Described {
  readonly id: string;
  readonly name: string;
  readonly kind: CatalogEntry['kind'];
  readonly title: string;
  readonly description: string;
  readonly parent?: string;
  readonly regions: readonly string[];
  readonly crn?: string;
  readonly metadata: CatalogEntry['metadata'];
}

/** Every entry of the catalog; `region` is this server's own, which is listed also where it is none of the known ones. */
export function catalogEntries(region: string): readonly CatalogEntry[] {
  const regions = (REGIONS as readonly string[]).includes(region) ? REGIONS : [...REGIONS, region];
  return [...OFFERINGS.flatMap((offering) => entriesOf(offering, regions)), containers(regions)];
}

function entriesOf(offering: Offering, regions: readonly string[]): CatalogEntry[] {
  const service = entryOf({
    id: offering.id,
    name: offering.service,
    kind: 'service',
    title: offering.displayName,
    description: offering.description,
    regions,
    metadata: { rc_compatible: true, service: serviceOf(offering.service, true) },
  });
  return [service, ...offering.plans.flatMap((plan) => planEntries(offering, plan, plan.regions ?? regions))];
}

function planEntries(offering: Offering, plan: Plan, regions: readonly string[]): CatalogEntry[] {
  const { name, description } = plan;
  const title = `${offering.displayName}, ${name}`;
  const whole = entryOf({
    id: plan.id,
    name,
    kind: 'plan',
    title,
    description,
    parent: offering.id,
    regions,
    metadata: { rc_compatible: true, plan: { bindable: false } },
  });
  const deployments = regions.map((region) => {
    const crn = deploymentCrn(plan.id, region);
    return entryOf({
      id: `${plan.id}:${region}`,
      name: `${offering.service}-${name}-${region}`,
      kind: 'deployment',
      title: `${title}, ${region}`,
      description,
      parent: plan.id,
      regions: [region],
      crn,
      metadata: { rc_compatible: true, deployment: { location: region, target_crn: crn } },
    });
  });
  return [whole, ...deployments];
}

function containers(regions: readonly string[]): CatalogEntry {
  const { id, name, displayName, description } = CONTAINERS_ENTRY;
  // Clusters are made by the Kubernetes service itself, not as instances.
  const metadata = { rc_compatible: true, service: serviceOf(name, false) };
  return entryOf({ id, name, kind: 'service', title: displayName, description, regions, metadata });
}

function serviceOf(type: string, rc_provisionable: boolean): NonNullable<CatalogEntry['metadata']['service']> {
  return { type, rc_provisionable, iam_compatible: true, plan_updateable: rc_provisionable, bindable: false };
}

function entryOf(it: Described): CatalogEntry {
  const url = `/api/v1/${encodeURIComponent(it.id)}`;
  return {
    id: it.id,
    name: it.name,
    kind: it.kind,
    catalog_crn: it.crn ?? formatCrn({ service: 'globalcatalog', resourceType: it.kind, resource: it.id }),
    ...(it.parent !== undefined && { parent_id: it.parent }),
    overview_ui: { en: { display_name: it.title, description: it.description, long_description: it.description } },
    images: { image: '' },
    disabled: false,
    active: true,
    group: false,
    tags: [],
    geo_tags: [...it.regions],
    provider: { email: '', name: 'Rootward' },
    url,
    children_url: `${url}/${it.kind === 'service' ? 'plan' : 'deployment'}`,
    metadata: it.metadata,
  };
}
