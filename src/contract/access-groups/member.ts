import Type, { type Static } from 'typebox';

export const MEMBER_TYPES = ['user', 'service', 'profile'] as const;
export type MemberType = (typeof MEMBER_TYPES)[number];

export const Member = Type.Object({
  iam_id: Type.String(),
  type: Type.Enum([...MEMBER_TYPES]),
  membership_type: Type.Literal('static'),
  name: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  href: Type.String(),
  created_at: Type.String(),
  created_by_id: Type.String(),
});
export type Member = Static<typeof Member>;

/** What became of one thing among several. */
const EACH = {
  status_code: Type.Integer(),
  trace: Type.String(),
  errors: Type.Optional(Type.Array(Type.Object({ code: Type.String(), message: Type.String() }))),
};
export const MemberResult = Type.Object({
  iam_id: Type.String(),
  type: Type.Optional(Type.String()),
  created_at: Type.Optional(Type.String()),
  created_by_id: Type.Optional(Type.String()),
  ...EACH,
});
export type MemberResult = Static<typeof MemberResult>;
export const GroupResult = Type.Object({ access_group_id: Type.String(), ...EACH });
export type GroupResult = Static<typeof GroupResult>;

/** As many as one request may name. */
export const MOST_AT_ONCE = 50;
