import Type, { type Static } from 'typebox';
import { requestEnvelope } from '../keys/key.ts';

export const Registration = Type.Object({
  keyId: Type.String(),
  keyName: Type.String(),
  resourceCrn: Type.String(),
  createdBy: Type.String(),
  creationDate: Type.String(),
  updatedBy: Type.Optional(Type.String()),
  lastUpdated: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  registrationMetadata: Type.Optional(Type.String()),
  preventKeyDeletion: Type.Boolean(),
  keyVersion: Type.Object({ id: Type.String(), creationDate: Type.String() }),
});
export type Registration = Static<typeof Registration>;

const fields = {
  description: Type.Optional(Type.String({ maxLength: 240 })),
  /** The service's own; shown to services only. */
  registrationMetadata: Type.Optional(Type.String({ maxLength: 4096 })),
  keyVersionId: Type.Optional(Type.String({ maxLength: 64 })),
} as const;

/** A whole registration. */
export const RegistrationInput = requestEnvelope(Type.Object({ ...fields, preventKeyDeletion: Type.Boolean() }));
export type RegistrationInput = Static<typeof RegistrationInput>;

/** The fields of a registration that change. */
export const RegistrationChange = requestEnvelope(Type.Object({ ...fields, preventKeyDeletion: Type.Optional(Type.Boolean()) }));

/** The key and, percent-encoded in the path, the CRN of the resource that it protects. */
export const RegistrationParams = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 128 }),
  crn: Type.String({ minLength: 1, maxLength: 512 }),
});
