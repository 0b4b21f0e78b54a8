import Type, { type Static } from 'typebox';

const Text = Type.String();
const Overview = Type.Object({ display_name: Text, description: Text, long_description: Text });

/** What the catalog knows of one thing: a service, a plan of it, or a plan in a region. */
export const CatalogEntry = Type.Object({
  id: Text,
  name: Text,
  kind: Type.Enum(['service', 'plan', 'deployment']),
  catalog_crn: Text,
  parent_id: Type.Optional(Text),
  overview_ui: Type.Object({ en: Overview }),
  images: Type.Object({ image: Text }),
  disabled: Type.Boolean(),
  active: Type.Boolean(),
  group: Type.Boolean(),
  tags: Type.Array(Text),
  geo_tags: Type.Array(Text),
  provider: Type.Object({ email: Text, name: Text }),
  url: Text,
  /** Where the entries below this one are. */
  children_url: Text,
  metadata: Type.Object({
    rc_compatible: Type.Boolean(),
    service: Type.Optional(
      Type.Object({
        type: Text,
        rc_provisionable: Type.Boolean(),
        iam_compatible: Type.Boolean(),
        plan_updateable: Type.Boolean(),
        bindable: Type.Boolean(),
      }),
    ),
    plan: Type.Optional(Type.Object({ bindable: Type.Boolean() })),
    deployment: Type.Optional(Type.Object({ location: Text, target_crn: Text })),
  }),
});
export type CatalogEntry = Static<typeof CatalogEntry>;

/** A page of entries, and where the other ones are. */
export const CatalogPage = Type.Object({
  offset: Type.Integer(),
  limit: Type.Integer(),
  count: Type.Integer({ description: 'How many there are on all pages' }),
  resource_count: Type.Integer({ description: 'How many there are on this page' }),
  first: Text,
  prev: Type.Optional(Text),
  next: Type.Optional(Text),
  last: Text,
  resources: Type.Array(CatalogEntry),
});

const Count = Type.Optional(Type.Integer({ minimum: 1, maximum: 200 }));
const Offset = Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 }));

/** How a list of entries is asked for. `include`, `languages` and the like change nothing: entries are always whole. */
export const CatalogQuery = Type.Object({
  /** Part of a name, an id or a text of the entry. `name:x`, `kind:x`, `active:true` and `tag:x` ask for that alone. */
  q: Type.Optional(Type.String({ maxLength: 256 })),
  include: Type.Optional(Type.String({ maxLength: 256 })),
  limit: Count,
  offset: Offset,
  _limit: Count,
  _offset: Offset,
});

/** The services that the catalog knows and that have no plans: they are there for what belongs to them. */
export const CONTAINERS_ENTRY = {
  id: 'containers-kubernetes',
  name: 'containers-kubernetes',
  displayName: 'Kubernetes Service',
  description: 'Kubernetes clusters whose Secrets are sealed by a root key',
} as const;
