import type { Static } from 'typebox';
import type { ImportToken, RetrievedImportToken } from '../import-tokens/import-token.ts';
import { type Column, instantText } from './column.ts';

type Token = Static<typeof ImportToken>;
type RetrievedToken = Static<typeof RetrievedImportToken>;

export const IMPORT_TOKEN: readonly Column<Token>[] = [
  { title: 'Created', value: ({ creationDate }) => instantText(creationDate) },
  { title: 'Expires', value: ({ expirationDate }) => instantText(expirationDate) },
  {
    title: 'Retrievals left',
    value: ({ remainingRetrievals, maxAllowedRetrievals }) => `${remainingRetrievals} of ${maxAllowedRetrievals}`,
  },
];

export const RETRIEVED_IMPORT_TOKEN: readonly Column<RetrievedToken>[] = [
  ...IMPORT_TOKEN,
  { title: 'Nonce', value: ({ nonce }) => nonce },
  { title: 'Public key', value: ({ payload }) => payload },
];
