import Type, { type Static } from 'typebox';

/** An open invitation, as the users of its account see it. */
export const Invitation = Type.Object({
  id: Type.String(),
  account_id: Type.String(),
  iam_id: Type.String(),
  email: Type.String(),
  created_at: Type.String(),
  created_by: Type.String(),
  expires_at: Type.String(),
});
export type Invitation = Static<typeof Invitation>;

/** What whoever invites hands over. The token is shown this one time: no mail is sent. */
export const ShownInvitation = Type.Object({ id: Type.String(), token: Type.String(), expires_at: Type.String() });
export type ShownInvitation = Static<typeof ShownInvitation>;

export const InvitationToken = Type.String({ minLength: 1, maxLength: 128 });
export const InvitationId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });
