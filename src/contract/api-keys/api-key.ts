import Type, { type Static } from 'typebox';
import { Activity } from '../activity.ts';

/** An API key as the API shows it; `apikey` (the secret) is there only in the answer to its creation or rotation. */
export const ApiKey = Type.Object({
  id: Type.String(),
  entity_tag: Type.String(),
  crn: Type.String(),
  locked: Type.Boolean(),
  disabled: Type.Boolean(),
  created_at: Type.String(),
  created_by: Type.String(),
  modified_at: Type.String(),
  name: Type.String(),
  description: Type.Optional(Type.String()),
  iam_id: Type.String(),
  account_id: Type.String(),
  expires_at: Type.Optional(Type.String()),
  /** Until when the secret from before the last rotation goes on. */
  previous_secret_until: Type.Optional(Type.String()),
  /** Only where it was asked for. */
  activity: Type.Optional(Activity),
  apikey: Type.Optional(Type.String()),
});
export type ApiKey = Static<typeof ApiKey>;

export const ApiKeyId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });

/** Shortest secret that a caller may choose. */
export const SHORTEST_SECRET = 32;

/** What the secret and its holder are called; used for a key of its own and for the one made together with a service ID. */
export const ApiKeyFields = {
  name: Type.String({ minLength: 1, maxLength: 100 }),
  description: Type.Optional(Type.String({ maxLength: 1000 })),
  apikey: Type.Optional(Type.String({ minLength: SHORTEST_SECRET, maxLength: 512 })),
  expires_at: Type.Optional(Type.String({ maxLength: 40 })),
  /** Only `false`: no secret can be read again. */
  store_value: Type.Optional(Type.Boolean()),
  /** Only `none`: nobody reports leaks to this server. */
  action_when_leaked: Type.Optional(Type.String({ maxLength: 20 })),
};
