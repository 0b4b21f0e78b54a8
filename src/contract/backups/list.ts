import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { Backup } from './backup.ts';

export const listBackups = defineOperation({
  name: 'backups.list',
  api: 'rootward',
  http: { method: 'GET', path: '/rootward/v1/backups', success: 200 },
  action: 'server.backup.read',
  auditAs: 'rootward.backup.list',
  mutates: false,
  input: {},
  output: Type.Object({
    /** Newest first. */
    backups: Type.Array(Backup),
    /** How many key versions no backup contains. */
    keyVersionsWithoutBackup: Type.Integer(),
    /** What is wrong with that, in words; absent while all is well. */
    warning: Type.Optional(Type.String()),
  }),
  sensitive: [],
  errors: [],
  cli: { command: ['backup', 'list'] },
  summary: 'List the backups that the server knows of',
});
