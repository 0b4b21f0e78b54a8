import type { Migration } from 'kysely/migration';
import { first } from './0001-first.ts';
import { keyService } from './0002-key-service.ts';
import { access } from './0003-access.ts';
import { activity } from './0004-activity.ts';

/** Every migration, by the name under which it is recorded. Names and contents never change once released. */
export const migrations: Record<string, Migration> = {
  '0001-first': first,
  '0002-key-service': keyService,
  '0003-access': access,
  '0004-activity': activity,
};

/** What a store of this version is at. */
export const NEWEST_SCHEMA = Object.keys(migrations).at(-1) ?? '';
