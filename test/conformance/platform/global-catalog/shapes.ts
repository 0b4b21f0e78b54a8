import Type, { type TProperties } from 'typebox';
import { exactly, flag, listOf, maybeEmpty, text, UUID } from '../common-shapes.ts';

const SERVICE = `(${UUID}|[a-z-]+)`;
const crn = (kind: string, id: string) => Type.String({ pattern: `^crn:v1:bluemix:public:globalcatalog::::${kind}:${id}$` });
const url = (rest: string) => Type.String({ pattern: `^/api/v1/${rest}$` });

const entry = (kind: 'service' | 'plan' | 'deployment', fields: TProperties, metadata: TProperties) =>
  exactly({
    id: text,
    name: text,
    kind: Type.Literal(kind),
    overview_ui: exactly({ en: exactly({ display_name: text, description: text, long_description: text }) }),
    images: exactly({ image: maybeEmpty }),
    disabled: Type.Literal(false),
    active: Type.Literal(true),
    group: flag,
    tags: listOf(text),
    geo_tags: Type.Array(text, { minItems: 1 }),
    provider: exactly({ email: maybeEmpty, name: text }),
    metadata: exactly({ rc_compatible: flag, ...metadata }),
    ...fields,
  });

export const service = entry(
  'service',
  {
    id: Type.String({ pattern: `^${SERVICE}$` }),
    catalog_crn: crn('service', SERVICE),
    url: url(SERVICE),
    children_url: url(`${SERVICE}/plan`),
  },
  { service: exactly({ type: text, rc_provisionable: flag, iam_compatible: flag, plan_updateable: flag, bindable: flag }) },
);
const deployment = entry(
  'deployment',
  {
    id: Type.String({ pattern: `^${UUID}:[a-z-]+$` }),
    parent_id: Type.String({ pattern: `^${UUID}$` }),
    catalog_crn: crn('deployment', `${UUID}%3A[a-z-]+`),
    url: url(`${UUID}%3A[a-z-]+`),
    children_url: url(`${UUID}%3A[a-z-]+/deployment`),
  },
  { deployment: exactly({ location: text, target_crn: crn('deployment', `${UUID}%3A[a-z-]+`) }) },
);

const page = (resource: ReturnType<typeof entry>, list: string, counts: TProperties, links: TProperties) =>
  exactly({
    limit: Type.Literal(1),
    resource_count: Type.Literal(1),
    count: Type.Integer({ minimum: 1 }),
    first: url(`${list}\\?_limit=1&_offset=0(&.*)?`),
    last: url(`${list}\\?_limit=1&_offset=\\d+(&.*)?`),
    ...counts,
    ...links,
    resources: Type.Array(resource, { minItems: 1, maxItems: 1 }),
  });

/** All that there is with one name. */
export const onlyPage = page(service, '', { offset: Type.Literal(0), count: Type.Literal(1) }, {});
/** The second of more than two. */
export const middlePage = page(
  deployment,
  `${UUID}/deployment`,
  { offset: Type.Literal(1), count: Type.Integer({ minimum: 3 }) },
  { prev: url('.+_offset=0(&.*)?'), next: url('.+_offset=2(&.*)?') },
);
