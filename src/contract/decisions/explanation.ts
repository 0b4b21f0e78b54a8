import Type, { type Static } from 'typebox';

/** Why a decision is as it is: for whoever may read policies on the target. */
export const Explanation = Type.Object({
  /** The oldest policy that allows it. */
  policy_id: Type.Optional(Type.String()),
  /** Its roles. */
  roles: Type.Optional(Type.Array(Type.String())),
  /** By which subject it is held: the IAM id, an access group's id, or the source of a service authorization. */
  held_by: Type.Optional(Type.String()),
  /** The built-in rule that allows it; no policy does. */
  rule: Type.Optional(Type.String()),
  /** Why it is denied. */
  reason: Type.Optional(Type.String()),
});
export type Explanation = Static<typeof Explanation>;
