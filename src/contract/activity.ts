import Type, { type Static } from 'typebox';

/** How often an identity or a key was exchanged for a token, and when last, some seconds ago or earlier. Refreshes do not count. */
export const Activity = Type.Object({ last_authn: Type.Optional(Type.String()), authn_count: Type.Integer() });
export type Activity = Static<typeof Activity>;
