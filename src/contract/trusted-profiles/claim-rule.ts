import Type, { type Static } from 'typebox';

export const CLAIM_OPERATORS = [
  'EQUALS',
  'NOT_EQUALS',
  'EQUALS_IGNORE_CASE',
  'NOT_EQUALS_IGNORE_CASE',
  'CONTAINS',
  'IN',
] as const;

const RULE_FIELDS = {
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  /** `Profile-SAML`: people who log in by an identity provider. */
  type: Type.Enum(['Profile-SAML', 'Profile-CR']),
  /** Which identity provider. */
  realm_name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  /** How long somebody may act as the profile, in seconds. */
  expiration: Type.Integer({ minimum: 900, maximum: 43_200 }),
  cr_type: Type.Optional(Type.String({ maxLength: 20 })),
  /** All of them have to hold. */
  conditions: Type.Array(
    Type.Object({
      claim: Type.String({ minLength: 1, maxLength: 256 }),
      operator: Type.Enum([...CLAIM_OPERATORS]),
      /** JSON in a text: `"admins"`, or for IN `["a","b"]`. */
      value: Type.String({ minLength: 1, maxLength: 1000 }),
    }),
    { minItems: 1, maxItems: 10 },
  ),
};

/** What the claims of a login have to be, so that it may act as a trusted profile. */
export const ClaimRuleRequest = Type.Object(RULE_FIELDS);
export type ClaimRuleRequest = Static<typeof ClaimRuleRequest>;

export const ClaimRule = Type.Object({
  id: Type.String(),
  entity_tag: Type.String(),
  created_at: Type.String(),
  modified_at: Type.String(),
  ...RULE_FIELDS,
});
export type ClaimRule = Static<typeof ClaimRule>;

export const ClaimRuleParams = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 64 }),
  rule_id: Type.String({ minLength: 1, maxLength: 64 }),
});
/** As many as a profile may have. */
export const MOST_RULES = 20;
