import Type, { type Static } from 'typebox';

export const IDENTITY_TYPES = ['user', 'serviceid', 'crn'] as const;
const IdentityType = Type.Enum([...IDENTITY_TYPES]);
const Identifier = Type.String({ minLength: 1, maxLength: 512 });

const IDENTITY_FIELDS = {
  /** IAM id of a user, id of a service ID, or a CRN. */
  identifier: Identifier,
  /** Of a user: from which accounts he may act as the profile. Only from the profile's own. */
  accounts: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 10 })),
  description: Type.Optional(Type.String({ maxLength: 1000 })),
};

/** Somebody who may act as a trusted profile. */
export const ProfileIdentity = Type.Object({ iam_id: Type.String(), ...IDENTITY_FIELDS, type: IdentityType });
export type ProfileIdentity = Static<typeof ProfileIdentity>;

export const WantedIdentity = Type.Object({ ...IDENTITY_FIELDS, type: IdentityType });
export type WantedIdentity = Static<typeof WantedIdentity>;
/** The type is in the address. */
export const IdentityBody = Type.Object({ ...IDENTITY_FIELDS, type: Type.Optional(IdentityType) });

export const IdentityTypeParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }), type: IdentityType });
export const IdentityParams = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 64 }),
  type: IdentityType,
  identifier: Identifier,
});

export const ProfileIdentities = Type.Object({ entity_tag: Type.String(), identities: Type.Array(ProfileIdentity) });
/** As many as a profile may have. */
export const MOST_IDENTITIES = 200;
