import type { Backup } from '../backups/backup.ts';
import { type Column, instantText } from './column.ts';

export const BACKUPS: readonly Column<Backup>[] = [
  { title: 'Made', value: ({ createdAt }) => instantText(createdAt) },
  { title: 'ID', value: ({ id }) => id },
  { title: 'Key Versions', value: ({ keyVersions }) => String(keyVersions) },
  { title: 'Location', value: ({ location }) => location },
];
