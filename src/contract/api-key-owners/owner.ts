import Type, { type Static } from 'typebox';

/** Whose rights clusters of a region and resource group use where they act for people. The first three fields are what published clients read. */
export const ApiKeyOwner = Type.Object({
  /** The IAM id. */
  id: Type.String(),
  name: Type.String(),
  /** Empty for a service ID. */
  email: Type.String(),
  /** Why this owner does not count any more, for people. */
  problem: Type.Optional(Type.String()),
});
export type ApiKeyOwner = Static<typeof ApiKeyOwner>;
