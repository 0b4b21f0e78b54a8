import Type from 'typebox';

/** Settings of `backup`. */
export const BackupConfig = Type.Object({
  directory: Type.Optional(
    Type.String({ minLength: 1, description: 'Where the server writes backups; by default <dataDir>.backups' }),
  ),
  everyHours: Type.Integer({
    minimum: 0,
    maximum: 8760,
    default: 0,
    description: 'How often the server makes a backup by itself; 0: never',
  }),
  keep: Type.Integer({
    minimum: 1,
    maximum: 10_000,
    default: 14,
    description: 'How many of the backups that it made by itself the server keeps',
  }),
  staleAfterHours: Type.Integer({
    minimum: 1,
    maximum: 8760,
    default: 26,
    description: 'How old the newest backup may become before status warns',
  }),
});
