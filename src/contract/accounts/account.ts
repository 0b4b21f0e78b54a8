import Type, { type Static } from 'typebox';

export const AccountName = Type.String({ minLength: 1, maxLength: 100 });

/** An account, as its members see it. */
export const Account = Type.Object({
  /** 32 hex digits. */
  id: Type.String(),
  name: Type.String(),
  /** The user who may do everything in the account. */
  owner_iam_id: Type.String(),
  created_at: Type.String(),
});
export type Account = Static<typeof Account>;

export const AccountId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });
