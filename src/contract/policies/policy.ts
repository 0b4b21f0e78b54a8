import Type, { type Static } from 'typebox';

/** One condition of a policy. `stringMatch` takes `*` for any text and `?` for one character. */
export const PolicyAttribute = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 64 }),
  value: Type.String({ minLength: 1, maxLength: 1024 }),
  operator: Type.Optional(Type.Union([Type.Literal('stringEquals'), Type.Literal('stringMatch')])),
});
export type PolicyAttribute = Static<typeof PolicyAttribute>;

const Attributes = Type.Object({ attributes: Type.Array(PolicyAttribute, { maxItems: 16 }) });

const PolicyType = Type.Union([Type.Literal('access'), Type.Literal('authorization')]);

/** What a caller asks for: an access policy (subject `iam_id`) or a service authorization (subject: a source service). */
export const PolicyRequest = Type.Object({
  type: PolicyType,
  description: Type.Optional(Type.String({ maxLength: 300 })),
  subjects: Type.Array(Attributes, { minItems: 1, maxItems: 1 }),
  roles: Type.Array(Type.Object({ role_id: Type.String({ maxLength: 256 }) }), { minItems: 1, maxItems: 16 }),
  resources: Type.Array(Attributes, { minItems: 1, maxItems: 1 }),
});
export type PolicyRequest = Static<typeof PolicyRequest>;

export const Policy = Type.Object({
  id: Type.String(),
  type: PolicyType,
  description: Type.Optional(Type.String()),
  subjects: Type.Array(Attributes),
  roles: Type.Array(
    Type.Object({
      role_id: Type.String(),
      display_name: Type.Optional(Type.String()),
      description: Type.Optional(Type.String()),
    }),
  ),
  resources: Type.Array(Attributes),
  href: Type.String(),
  created_at: Type.String(),
  created_by_id: Type.String(),
  last_modified_at: Type.String(),
  last_modified_by_id: Type.String(),
  state: Type.Union([Type.Literal('active'), Type.Literal('deleted')]),
});
export type Policy = Static<typeof Policy>;

export const PolicyId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });
export { PolicyType };
