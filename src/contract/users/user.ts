import Type, { type Static } from 'typebox';

export const UserState = Type.Union([Type.Literal('ACTIVE'), Type.Literal('PENDING'), Type.Literal('DISABLED')]);
export type UserState = Static<typeof UserState>;

export const EmailAddress = Type.String({ minLength: 3, maxLength: 254 });

/** More than the longest password: which ones are too long is said by the rules, in words. */
export const Password = Type.String({ minLength: 1, maxLength: 1024 });

/** A user of an account, with the field names that published clients decode. */
export const User = Type.Object({
  id: Type.String(),
  iam_id: Type.String(),
  /** `IBMid` for people with a password here, or the name of their identity provider. */
  realm: Type.String(),
  /** What the user logs in by. */
  user_id: Type.String(),
  /** Empty until the invitation is accepted. */
  firstname: Type.String(),
  lastname: Type.String(),
  state: UserState,
  email: Type.String(),
  phonenumber: Type.String(),
  altphonenumber: Type.String(),
  photo: Type.String(),
  account_id: Type.String(),
  added_on: Type.String(),
});
export type User = Static<typeof User>;

export const AccountParams = Type.Object({ account_id: Type.String({ minLength: 1, maxLength: 64 }) });
export const UserParams = Type.Object({
  account_id: Type.String({ minLength: 1, maxLength: 64 }),
  iam_id: Type.String({ minLength: 1, maxLength: 512 }),
});

/** Clients may ask for when a user last logged in, which is not kept. */
export const ActivityQuery = Type.Object({ include_activity: Type.Optional(Type.String({ maxLength: 8 })) });
