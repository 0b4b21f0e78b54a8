import Type, { type Static } from 'typebox';
import { Activity } from '../activity.ts';
import { ApiKey } from '../api-keys/api-key.ts';

/** An identity for a program. */
export const ServiceId = Type.Object({
  id: Type.String(),
  iam_id: Type.String(),
  entity_tag: Type.String(),
  crn: Type.String(),
  locked: Type.Boolean(),
  created_at: Type.String(),
  modified_at: Type.String(),
  account_id: Type.String(),
  name: Type.String(),
  description: Type.Optional(Type.String()),
  unique_instance_crns: Type.Array(Type.String()),
  /** Only where it was asked for. */
  activity: Type.Optional(Activity),
  /** Only in the answer to a creation that asked for a key too. */
  apikey: Type.Optional(ApiKey),
});
export type ServiceId = Static<typeof ServiceId>;

/** `ServiceId-…`, or the identity `iam-ServiceId-…`. */
export const ServiceIdParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });

export const ServiceIdFields = {
  name: Type.String({ minLength: 1, maxLength: 100 }),
  description: Type.Optional(Type.String({ maxLength: 1000 })),
  /** CRNs of instances of the account: the service ID may ask for tokens as each of them. */
  unique_instance_crns: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 512 }), { maxItems: 50 })),
};
