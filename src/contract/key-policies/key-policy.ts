import Type, { type Static } from 'typebox';

export const MIN_INTERVAL_MONTHS = 1;
export const MAX_INTERVAL_MONTHS = 12;

/** Every kind of key policy, in the order in which they are listed. */
export const KEY_POLICY_TYPES = ['dualAuthDelete', 'rotation'] as const;
export type KeyPolicyType = (typeof KEY_POLICY_TYPES)[number];

/** A rotation policy as it is set: the interval alone turns it on, `enabled` alone keeps the interval. Its range is checked with the policy. */
export const RotationInput = Type.Object({
  enabled: Type.Optional(Type.Boolean()),
  interval_month: Type.Optional(Type.Integer()),
});
export type RotationInput = Static<typeof RotationInput>;
export const DualAuthDelete = Type.Object({ enabled: Type.Boolean() });

/** One policy; exactly one of the two kinds. */
export const KeyPolicyInput = Type.Object({
  type: Type.Optional(Type.String()),
  rotation: Type.Optional(RotationInput),
  dualAuthDelete: Type.Optional(DualAuthDelete),
});
export type KeyPolicyInput = Static<typeof KeyPolicyInput>;

export const KeyPolicy = Type.Object({
  id: Type.String(),
  crn: Type.String(),
  type: Type.String(),
  createdBy: Type.String(),
  creationDate: Type.String(),
  updatedBy: Type.String(),
  lastUpdateDate: Type.String(),
  rotation: Type.Optional(Type.Object({ enabled: Type.Boolean(), interval_month: Type.Integer() })),
  dualAuthDelete: Type.Optional(DualAuthDelete),
});
export type KeyPolicy = Static<typeof KeyPolicy>;

/** Chooses one kind of policy; absent: both. */
export const KeyPolicyQuery = Type.Object({
  policy: Type.Optional(Type.Union(KEY_POLICY_TYPES.map((type) => Type.Literal(type)))),
});
