import type { KeyRing } from '../key-rings/key-ring.ts';
import type { Key } from '../keys/key.ts';
import { KEY_STATE_NAMES, type KeyState } from '../keys/key-states.ts';
import type { Registration } from '../registrations/registration.ts';
import { type Column, instantText, yesNo } from './column.ts';

const stateText = ({ state }: Key) => KEY_STATE_NAMES[state as KeyState] ?? String(state);
const kindText = ({ extractable }: Key) => (extractable ? 'standard' : 'root');

export const KEY_LIST: readonly Column<Key>[] = [
  { title: 'Key ID', value: ({ id }) => id },
  { title: 'Key Name', value: ({ name }) => name },
  { title: 'State', value: stateText },
  { title: 'Type', value: kindText },
  { title: 'Expires', value: ({ expirationDate }) => instantText(expirationDate) },
];

export const KEY_CRN_LIST: readonly Column<Key>[] = [...KEY_LIST, { title: 'CRN', value: ({ crn }) => crn }];

export const KEY_PAGE: readonly Column<Key>[] = [
  { title: 'Key ID', value: ({ id }) => id },
  { title: 'Key Name', value: ({ name }) => name },
  { title: 'Description', value: ({ description }) => description ?? '' },
  { title: 'Type', value: kindText },
  { title: 'State', value: stateText },
  { title: 'Version', value: ({ keyVersion }) => keyVersion?.id ?? '' },
  { title: 'Created', value: ({ creationDate }) => instantText(creationDate) },
  { title: 'Last rotated', value: ({ lastRotateDate }) => instantText(lastRotateDate) },
  { title: 'Expires', value: ({ expirationDate }) => instantText(expirationDate) },
  { title: 'Deleted', value: ({ deletionDate }) => instantText(deletionDate) },
  { title: 'Imported', value: ({ imported }) => yesNo(imported) },
  { title: 'Aliases', value: ({ aliases }) => (aliases ?? []).join(', ') },
  { title: 'Key ring', value: ({ keyRingID }) => keyRingID },
  { title: 'CRN', value: ({ crn }) => crn },
];

export const KEY_VERSIONS: readonly Column<{ readonly id: string; readonly creationDate: string }>[] = [
  { title: 'Version ID', value: ({ id }) => id },
  { title: 'Created', value: ({ creationDate }) => instantText(creationDate) },
];

export const KEY_RINGS: readonly Column<KeyRing>[] = [
  { title: 'Key ring', value: ({ id }) => id },
  { title: 'Created', value: ({ creationDate }) => instantText(creationDate) },
  { title: 'Created by', value: ({ createdBy }) => createdBy ?? '' },
];

export const REGISTRATIONS: readonly Column<Registration>[] = [
  { title: 'Key ID', value: ({ keyId }) => keyId },
  { title: 'Resource CRN', value: ({ resourceCrn }) => resourceCrn },
  { title: 'Prevents deletion', value: ({ preventKeyDeletion }) => yesNo(preventKeyDeletion) },
  { title: 'Key version', value: ({ keyVersion }) => keyVersion.id },
  { title: 'Description', value: ({ description }) => description ?? '' },
];
