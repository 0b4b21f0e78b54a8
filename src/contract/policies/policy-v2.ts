import Type, { type Static } from 'typebox';
import { POLICY_RECORD, PolicyOperator, PolicyType, RoleAction, RoleIds } from './policy.ts';

const Text = Type.String({ minLength: 1, maxLength: 1024 });

/** One condition: text, for `stringExists` yes or no, for the operators `…AnyOf` a list of texts. */
export const PolicyAttributeV2 = Type.Object({
  key: Type.String({ minLength: 1, maxLength: 64 }),
  operator: PolicyOperator,
  value: Type.Union([Text, Type.Boolean(), Type.Array(Text, { minItems: 1, maxItems: 50 })]),
});
export type PolicyAttributeV2 = Static<typeof PolicyAttributeV2>;

const Attributes = Type.Object({ attributes: Type.Array(PolicyAttributeV2, { maxItems: 16 }) });

/** What a caller asks for by version 2. `rule`, `pattern` and `tags` are read only to be refused by name. */
export const PolicyRequestV2 = Type.Object({
  type: PolicyType,
  description: Type.Optional(Type.String({ maxLength: 300 })),
  subject: Attributes,
  resource: Type.Object({ ...Attributes.properties, tags: Type.Optional(Type.Array(Type.Unknown())) }),
  control: Type.Object({ grant: Type.Object({ roles: RoleIds }) }),
  pattern: Type.Optional(Type.Unknown()),
  rule: Type.Optional(Type.Unknown()),
});
export type PolicyRequestV2 = Static<typeof PolicyRequestV2>;

const ShownAttributes = Type.Object({
  attributes: Type.Array(
    Type.Object({
      key: Type.String(),
      operator: PolicyOperator,
      value: Type.Union([Type.String(), Type.Boolean(), Type.Array(Type.String())]),
    }),
  ),
});

/** Roles come with names, descriptions and actions where `format=display` asks for them. */
export const PolicyV2 = Type.Object({
  ...POLICY_RECORD,
  subject: ShownAttributes,
  resource: ShownAttributes,
  control: Type.Object({
    grant: Type.Object({
      roles: Type.Array(
        Type.Object({
          role_id: Type.String(),
          display_name: Type.Optional(Type.String()),
          description: Type.Optional(Type.String()),
          actions: Type.Optional(Type.Array(RoleAction)),
        }),
      ),
    }),
  }),
});
export type PolicyV2 = Static<typeof PolicyV2>;
