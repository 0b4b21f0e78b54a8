import type { SigningKeyRow } from '../../../store/iam/signing-keys.ts';
import { signingSince } from '../../../store/iam/signing-keys.ts';
import { readMeta } from '../../../store/meta.ts';
import { makeSigningKey } from '../../iam/signing-keys/make-key.ts';
import { turnOver } from '../../iam/signing-keys/turn-over.ts';
import type { DueItem, Job } from '../job.ts';
import { shiftedBy } from '../shifted-by.ts';
import { systemRecord } from '../system-record.ts';
import type { IamJobsDeps } from './list.ts';

/** Lets the next key sign once the current one has done so for long enough. */
export function rotateSigningKeys(deps: IamJobsDeps): Job {
  const { due, nearest } = shiftedBy<DueItem>(deps.signingKeyMs, signingSince, async (db) => {
    const [current] = await signingSince(db, { before: Number.MAX_SAFE_INTEGER, after: undefined, limit: 1 });
    return current?.dueAt;
  });
  // Making one takes longer than a transaction may, so it is at hand before that begins.
  let next: SigningKeyRow | undefined;
  return {
    name: 'signing-keys',
    isIrreversible: false,
    topics: ['iam'],
    nearest,
    async due(db, page) {
      const items = await due(db, page);
      if (items.length > 0) next ??= await makeSigningKey(deps);
      return items;
    },
    async act(tx, { id }, { now, before }) {
      const isDue = (await signingSince(tx, { before: before - deps.signingKeyMs, after: undefined, limit: 1 }))[0]?.id === id;
      const turned = next && isDue ? await turnOver(tx, next, now) : undefined;
      if (!turned) return undefined;
      next = undefined;
      const accountId = (await readMeta(tx, 'account_id')) ?? '';
      const record = systemRecord({
        id: deps.newId(),
        at: now,
        action: 'rootward.signing-key.rotate',
        target: { serviceName: 'rootward', accountId, resourceType: 'signing-key', name: 'signing key' },
        feature: 'signing-keys',
        responseData: { keyId: turned.signing },
        correlationId: deps.newId(),
      });
      return { records: [record] };
    },
  };
}
