import Type from 'typebox';
import { defineOperation } from '../operation.ts';

/** What a command that made a backup beside the server tells it. */
export const BackupReport = Type.Union([
  Type.Object(
    {
      backup: Type.Object(
        {
          id: Type.String({ minLength: 1, maxLength: 64 }),
          epoch: Type.Integer({ minimum: 0 }),
          created_at: Type.Integer({ minimum: 0 }),
          key_versions: Type.Integer({ minimum: 0 }),
          location: Type.String({ maxLength: 4096 }),
        },
        { additionalProperties: false },
      ),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    { backupId: Type.String({ maxLength: 64 }), versions: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 1000 }) },
    { additionalProperties: false },
  ),
]);

export const recordBackup = defineOperation({
  name: 'backups.record',
  api: 'rootward',
  http: { method: 'POST', path: '/rootward/v1/backups/records', success: 204 },
  // Its MAC says that the sender has opened the seal of this server, which is more than a token says.
  action: 'public',
  auditAs: 'rootward.backup.record',
  mutates: true,
  input: {
    body: Type.Object({
      /** A `BackupReport` as JSON text. */
      report: Type.String({ maxLength: 200_000 }),
      /** base64 HMAC-SHA256 of it under the barrier's key `backup-report`. */
      mac: Type.String({ minLength: 44, maxLength: 44 }),
    }),
  },
  output: undefined,
  sensitive: [],
  errors: ['UNAUTHENTICATED', 'BAD_BODY'],
  summary: 'Tell the server of a backup that was made beside it',
});
