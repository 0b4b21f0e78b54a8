import { deleteRetiredSigningKey, firstRetirement, signingKeysRetired } from '../../../store/iam/signing-keys.ts';
import { VERIFIES_MS } from '../../iam/signing-keys/life.ts';
import type { Job } from '../job.ts';
import { shiftedBy } from '../shifted-by.ts';

/** Drops signing keys once the last token that they can have signed has expired. */
export function dropRetiredSigningKeys(): Job {
  return {
    name: 'retired-signing-keys',
    isIrreversible: true,
    topics: ['iam'],
    ...shiftedBy(VERIFIES_MS, signingKeysRetired, firstRetirement),
    async act(tx, { id }, { before }) {
      await deleteRetiredSigningKey(tx, id, before - VERIFIES_MS);
      return { records: [] };
    },
  };
}
