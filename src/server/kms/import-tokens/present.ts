import type { ImportTokenRow } from '../../../store/kms/import-tokens.ts';
import { formatInstant } from '../../instant.ts';

/** A token without what it is for. */
export function presentImportToken(row: ImportTokenRow) {
  return {
    creationDate: formatInstant(row.created_at),
    expirationDate: formatInstant(row.expires_at),
    maxAllowedRetrievals: row.max_retrievals,
    remainingRetrievals: row.remaining_retrievals,
  };
}

/** What the audit log says of a token. */
export function tokenFacts(row: ImportTokenRow) {
  return {
    expirationDate: formatInstant(row.expires_at),
    maxAllowedRetrievals: row.max_retrievals,
    remainingRetrievals: row.remaining_retrievals,
  };
}
