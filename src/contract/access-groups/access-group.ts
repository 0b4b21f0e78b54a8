import Type, { type Static } from 'typebox';

/** Users, service IDs and trusted profiles that share the policies of which the group is the subject. */
export const AccessGroup = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Type.Optional(Type.String()),
  account_id: Type.String(),
  created_at: Type.String(),
  created_by_id: Type.String(),
  last_modified_at: Type.String(),
  last_modified_by_id: Type.String(),
  href: Type.String(),
  /** Where it was asked for: are there dynamic rules? Never here. */
  is_federated: Type.Optional(Type.Boolean()),
  crn: Type.Optional(Type.String()),
});
export type AccessGroup = Static<typeof AccessGroup>;

export const AccessGroupParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });
export const MemberParams = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 64 }),
  iam_id: Type.String({ minLength: 1, maxLength: 512 }),
});
export const AccountQuery = Type.Object({ account_id: Type.Optional(Type.String({ maxLength: 64 })) });

export const GroupDescription = Type.Optional(Type.String({ maxLength: 250 }));

/** What a group or its members are shown with, where it was asked for. */
export const GroupShownQuery = {
  show_federated: Type.Optional(Type.Boolean()),
  show_crn: Type.Optional(Type.Boolean()),
};

const Link = Type.Object({ href: Type.String() });
export const OFFSET_QUERY = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
};
/** Where a page is in its list. */
export const OFFSET_PLACES = {
  limit: Type.Integer(),
  offset: Type.Integer(),
  total_count: Type.Integer(),
  first: Link,
  previous: Type.Optional(Link),
  next: Type.Optional(Link),
  last: Link,
};
