import Type, { type Static } from 'typebox';

export const POLICY_TYPE = 'application/vnd.ibm.kms.policy+json';

const MAX_ALLOWED_IPS = 1000;

/** Every kind of instance policy, in the order in which they are listed. */
export const INSTANCE_POLICY_TYPES = [
  'allowedIP',
  'allowedNetwork',
  'dualAuthDelete',
  'keyCreateImportAccess',
  'metrics',
  'rotation',
] as const;
export type InstancePolicyType = (typeof INSTANCE_POLICY_TYPES)[number];

/** Every attribute there is; which one belongs to which kind is checked with the policy. */
export const InstancePolicyAttributes = Type.Object({
  allowed_network: Type.Optional(Type.String()),
  allowed_ip: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: MAX_ALLOWED_IPS })),
  create_root_key: Type.Optional(Type.Boolean()),
  create_standard_key: Type.Optional(Type.Boolean()),
  import_root_key: Type.Optional(Type.Boolean()),
  import_standard_key: Type.Optional(Type.Boolean()),
  enforce_token: Type.Optional(Type.Boolean()),
  interval_month: Type.Optional(Type.Integer()),
});
export type InstancePolicyAttributes = Static<typeof InstancePolicyAttributes>;

const Switch = Type.Object({ enabled: Type.Boolean() });

/** A policy as it is set. Two kinds may also come in their older shape, with the policy under its own name. */
export const InstancePolicyInput = Type.Object({
  type: Type.Optional(Type.String()),
  policy_type: Type.Optional(Type.String()),
  policy_data: Type.Optional(
    Type.Object({
      enabled: Type.Boolean(),
      attributes: Type.Optional(InstancePolicyAttributes),
    }),
  ),
  dualAuthDelete: Type.Optional(Switch),
  metrics: Type.Optional(Switch),
});
export type InstancePolicyInput = Static<typeof InstancePolicyInput>;

/** A policy as it is shown. It has `lastUpdated` where the policy of a key has `lastUpdateDate`. */
export const InstancePolicy = Type.Object({
  createdBy: Type.String(),
  creationDate: Type.String(),
  updatedBy: Type.String(),
  lastUpdated: Type.String(),
  policy_type: Type.String(),
  policy_data: Type.Object({ enabled: Type.Boolean(), attributes: Type.Optional(InstancePolicyAttributes) }),
});
export type InstancePolicy = Static<typeof InstancePolicy>;

/** Chooses one kind of policy; absent: all of them. */
export const InstancePolicyQuery = Type.Object({
  policy: Type.Optional(Type.Union(INSTANCE_POLICY_TYPES.map((type) => Type.Literal(type)))),
});
