import Type, { type Static } from 'typebox';

/** A backup that the server knows of. */
export const Backup = Type.Object({
  id: Type.String(),
  /** Where its archive was written, as the server or the command named it. */
  location: Type.String(),
  /** RFC 3339. Everything that was committed before is in it. */
  createdAt: Type.String(),
  /** The restore epoch of the server that made it. */
  epoch: Type.Integer(),
  keyVersions: Type.Integer(),
});
export type Backup = Static<typeof Backup>;

/** A backup that was just made. */
export const NewBackup = Type.Object({
  ...Backup.properties,
  keys: Type.Integer(),
  bytes: Type.Integer(),
  /** Ids of instances and key versions that do not open in the store itself; they are in the archive as they are. */
  damaged: Type.Array(Type.String()),
});
export type NewBackup = Static<typeof NewBackup>;
