import Type, { type Static } from 'typebox';

/** How far a proof looked. Each level is proven by itself and shown by itself. */
export const PROOF_LEVELS = ['live', 'history', 'disk'] as const;
export type ProofLevel = (typeof PROOF_LEVELS)[number];

const Level = Type.Object(
  {
    /** Every object and file of this level is sealed by the key. */
    proven: Type.Boolean(),
    at: Type.Optional(Type.String()),
  },
  { additionalProperties: true },
);

/** What was proven of a cluster's etcd, when, and for which activation. Instants are RFC 3339. */
export const Proof = Type.Object({
  /** `key_id` of the activation that everything is sealed under. */
  keyId: Type.String(),
  provenAt: Type.String(),
  live: Type.Optional(Level),
  history: Type.Optional(Level),
  disk: Type.Optional(Level),
});
export type Proof = Static<typeof Proof>;
