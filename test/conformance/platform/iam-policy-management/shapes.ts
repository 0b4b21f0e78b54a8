import Type, { type TSchema } from 'typebox';
import { exactly, hex32, iamId, instant, listOf, maybe, text, UUID, uuid } from '../common-shapes.ts';

const roleId = Type.String({ pattern: '^crn:v1:bluemix:public:[a-z-]+::::(role|serviceRole):[A-Za-z]+$' });
const type = Type.Union([Type.Literal('access'), Type.Literal('authorization')]);
const operator = Type.Union(
  ['stringEquals', 'stringMatch', 'stringExists', 'stringEqualsAnyOf', 'stringMatchAnyOf'].map((name) => Type.Literal(name)),
);
const href = (version: 'v1' | 'v2', rest: string) =>
  Type.String({ pattern: `^http://127\\.0\\.0\\.1:\\d+/${version}/policies${rest}$` });

const record = (version: 'v1' | 'v2') => ({
  id: uuid,
  type,
  description: maybe(text),
  href: href(version, `/${UUID}`),
  created_at: instant,
  created_by_id: iamId,
  last_modified_at: instant,
  last_modified_by_id: iamId,
  state: Type.Literal('active'),
});

const actions = Type.Array(exactly({ id: text, display_name: text, description: text }), { minItems: 1 });
const namedRole = { role_id: roleId, display_name: text, description: text };
const attribute = { name: text, value: text };

const policyWith = (role: TSchema) =>
  exactly({
    ...record('v1'),
    subjects: Type.Array(exactly({ attributes: Type.Array(exactly(attribute), { minItems: 1 }) }), { minItems: 1, maxItems: 1 }),
    roles: Type.Array(role, { minItems: 1 }),
    resources: Type.Array(
      exactly({ attributes: Type.Array(exactly({ ...attribute, operator: maybe(operator) }), { minItems: 1 }) }),
      { minItems: 1, maxItems: 1 },
    ),
  });

const attributeV2 = exactly({ key: text, operator, value: Type.Union([text, Type.Boolean(), listOf(text)]) });
const attributesV2 = exactly({ attributes: Type.Array(attributeV2, { minItems: 1 }) });
const policyV2With = (role: TSchema) =>
  exactly({
    ...record('v2'),
    subject: attributesV2,
    resource: attributesV2,
    control: exactly({ grant: exactly({ roles: Type.Array(role, { minItems: 1 }) }) }),
  });

/** A page of two that another one follows. */
const firstPage = (version: 'v1' | 'v2', policy: TSchema) =>
  exactly({
    limit: Type.Literal(2),
    first: exactly({ href: href(version, '\\?.*limit=2.*') }),
    next: exactly({ href: href(version, '\\?.*start=.+'), start: text }),
    policies: Type.Array(policy, { minItems: 2, maxItems: 2 }),
  });

export const policy = policyWith(exactly(namedRole));
export const policyPage = firstPage('v1', policyWith(exactly({ ...namedRole, actions })));
export const policyV2 = policyV2With(exactly({ role_id: roleId }));
/** As `format=display` shows it. */
export const displayedPolicyV2 = policyV2With(exactly({ ...namedRole, actions }));
export const policyPageV2 = firstPage('v2', policyV2);

const role = { display_name: text, description: text, actions: Type.Array(text, { minItems: 1 }), crn: roleId };
export const roles = exactly({
  custom_roles: listOf(
    exactly({
      ...role,
      id: text,
      name: text,
      account_id: hex32,
      service_name: text,
      created_at: instant,
      created_by_id: iamId,
      last_modified_at: instant,
      last_modified_by_id: iamId,
      href: text,
    }),
  ),
  service_roles: Type.Array(exactly(role), { minItems: 1 }),
  system_roles: Type.Array(exactly(role), { minItems: 1 }),
});
