import Type, { type Static } from 'typebox';

export const KEY_RING_TYPE = 'application/vnd.ibm.kms.key_ring+json';
/** The key ring that every instance has. It cannot be made or deleted. */
export const DEFAULT_RING = 'default';
/** How many key rings an instance may have beside the default one. */
export const MAX_KEY_RINGS = 50;

const KEY_RING_ID = '^[A-Za-z0-9_-]{2,100}$';

export const KeyRing = Type.Object({
  id: Type.String(),
  /** Absent, like the next one, for the default key ring: nobody made it. */
  creationDate: Type.Optional(Type.String()),
  createdBy: Type.Optional(Type.String()),
});
export type KeyRing = Static<typeof KeyRing>;

/** Key rings are addressed by instance only: the header that names a key ring means nothing here. */
export const KeyRingHeaders = Type.Object({ 'bluemix-instance': Type.String({ minLength: 1, maxLength: 64 }) });
export const KeyRingParams = Type.Object({ id: Type.String({ pattern: KEY_RING_ID }) });
