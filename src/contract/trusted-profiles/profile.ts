import Type, { type Static } from 'typebox';
import { Activity } from '../activity.ts';

/** An identity without credentials of its own: others act as it for a while. */
export const TrustedProfile = Type.Object({
  id: Type.String(),
  entity_tag: Type.String(),
  crn: Type.String(),
  name: Type.String(),
  description: Type.Optional(Type.String()),
  created_at: Type.String(),
  modified_at: Type.String(),
  iam_id: Type.String(),
  account_id: Type.String(),
  /** Only where it was asked for. */
  activity: Type.Optional(Activity),
});
export type TrustedProfile = Static<typeof TrustedProfile>;

/** `Profile-…`, or the identity `iam-Profile-…`. */
export const ProfileParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });
export const ProfileDescription = Type.Optional(Type.String({ maxLength: 1000 }));
/** Taken only where it is empty: nobody writes to a profile. */
export const ProfileEmail = Type.Optional(Type.String({ maxLength: 254 }));
