import Type, { type Static } from 'typebox';

/** One condition of a policy as version 1 takes it. `stringMatch` takes `*` for any text and `?` for one character. */
export const PolicyAttribute = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 64 }),
  value: Type.String({ minLength: 1, maxLength: 1024 }),
  operator: Type.Optional(Type.Union([Type.Literal('stringEquals'), Type.Literal('stringMatch')])),
});
export type PolicyAttribute = Static<typeof PolicyAttribute>;

/** Every operator that there is; version 1 takes the first two. */
export const PolicyOperator = Type.Union([
  Type.Literal('stringEquals'),
  Type.Literal('stringMatch'),
  Type.Literal('stringExists'),
  Type.Literal('stringEqualsAnyOf'),
  Type.Literal('stringMatchAnyOf'),
]);
export type PolicyOperator = Static<typeof PolicyOperator>;

const Attributes = Type.Object({ attributes: Type.Array(PolicyAttribute, { maxItems: 16 }) });

export const PolicyType = Type.Union([Type.Literal('access'), Type.Literal('authorization')]);
export type PolicyType = Static<typeof PolicyType>;

export const PolicyState = Type.Union([Type.Literal('active'), Type.Literal('deleted')]);
export const RoleIds = Type.Array(Type.Object({ role_id: Type.String({ maxLength: 256 }) }), { minItems: 1, maxItems: 16 });

/**
 * What a caller asks for by version 1: an access policy (subject `iam_id` or `access_group_id`) or a service authorization (subject:
 * a source service).
 */
export const PolicyRequest = Type.Object({
  type: PolicyType,
  description: Type.Optional(Type.String({ maxLength: 300 })),
  subjects: Type.Array(Attributes, { minItems: 1, maxItems: 1 }),
  roles: RoleIds,
  resources: Type.Array(Type.Object({ ...Attributes.properties, tags: Type.Optional(Type.Array(Type.Unknown())) }), {
    minItems: 1,
    maxItems: 1,
  }),
});
export type PolicyRequest = Static<typeof PolicyRequest>;

/** An action as `format=display` shows it. */
export const RoleAction = Type.Object({ id: Type.String(), display_name: Type.String(), description: Type.String() });
export type RoleAction = Static<typeof RoleAction>;

/** What both versions say of a policy beside its subject, roles and resource. */
export const POLICY_RECORD = {
  id: Type.String(),
  type: PolicyType,
  description: Type.Optional(Type.String()),
  href: Type.String(),
  created_at: Type.String(),
  created_by_id: Type.String(),
  last_modified_at: Type.String(),
  last_modified_by_id: Type.String(),
  state: PolicyState,
  /** Ours: the service that created the policy by a delegation, and the authorization that let it. */
  created_by_service: Type.Optional(Type.String()),
  parent_id: Type.Optional(Type.String()),
} as const;

/** A condition as version 1 shows it; what only version 2 can say has its own operator, and its value as JSON text. */
const ShownAttributes = Type.Object({
  attributes: Type.Array(Type.Object({ name: Type.String(), value: Type.String(), operator: Type.Optional(PolicyOperator) })),
});

export const Policy = Type.Object({
  ...POLICY_RECORD,
  subjects: Type.Array(ShownAttributes),
  roles: Type.Array(
    Type.Object({
      role_id: Type.String(),
      display_name: Type.Optional(Type.String()),
      description: Type.Optional(Type.String()),
      actions: Type.Optional(Type.Array(RoleAction)),
    }),
  ),
  resources: Type.Array(ShownAttributes),
});
export type Policy = Static<typeof Policy>;

export const PolicyId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });

/** The revision that a change is based on. */
export const IfMatch = Type.Object({ 'if-match': Type.String({ minLength: 1, maxLength: 128 }) });

export const PolicyFormat = Type.Optional(Type.Union([Type.Literal('include_last_permit'), Type.Literal('display')]));
