import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { NewBackup } from './backup.ts';

export const createBackup = defineOperation({
  name: 'backups.create',
  api: 'rootward',
  http: { method: 'POST', path: '/rootward/v1/backups', success: 201 },
  action: 'server.backup.create',
  auditAs: 'rootward.backup.create',
  // It reads for a long time. What it changes in the end, the list of backups, it changes by itself.
  mutates: false,
  input: {
    body: Type.Object({
      /** A new file in the server's backup directory, by name or by its whole path. By default the server names it. */
      file: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
    }),
  },
  output: NewBackup,
  sensitive: [],
  errors: ['BACKUP_FILE', 'BACKUP_RUNNING'],
  summary: 'Make a backup of everything in the store, on the server',
});
