import { acknowledgeEvent } from './events/acknowledge.ts';
import { createKey } from './keys/create.ts';
import { deleteKey } from './keys/delete.ts';
import { disableKey } from './keys/disable.ts';
import { enableKey } from './keys/enable.ts';
import { getKey } from './keys/get.ts';
import { listKeys } from './keys/list.ts';
import { readKeyMetadata } from './keys/metadata.ts';
import { rotateKey } from './keys/rotate.ts';
import { unwrapDek } from './keys/unwrap.ts';
import { listKeyVersions } from './keys/versions.ts';
import { wrapDek } from './keys/wrap.ts';
import type { Operation } from './operation.ts';
import { createRegistration } from './registrations/create.ts';
import { listRegistrations } from './registrations/list.ts';
import { listAllRegistrations } from './registrations/list-all.ts';
import { removeRegistration } from './registrations/remove.ts';
import { updateRegistration } from './registrations/update.ts';

/**
 * Every operation there is. Routes, CLI commands, audit actions, metric labels and the authorization matrix follow from this list;
 * the server refuses to start where an operation has no server half.
 */
export const OPERATIONS: readonly Operation[] = [
  createKey,
  listKeys,
  getKey,
  readKeyMetadata,
  listKeyVersions,
  wrapDek,
  unwrapDek,
  rotateKey,
  disableKey,
  enableKey,
  deleteKey,
  listRegistrations,
  listAllRegistrations,
  createRegistration,
  updateRegistration,
  removeRegistration,
  acknowledgeEvent,
];
