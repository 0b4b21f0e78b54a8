import type { ApiKeyOwner } from '../api-key-owners/owner.ts';
import type { Column } from './column.ts';

export const API_KEY_OWNER: readonly Column<ApiKeyOwner>[] = [
  { title: 'Owner', value: ({ name }) => name },
  { title: 'Email', value: ({ email }) => email },
  { title: 'IAM ID', value: ({ id }) => id },
  { title: 'Problem', value: ({ problem }) => problem ?? '' },
];
