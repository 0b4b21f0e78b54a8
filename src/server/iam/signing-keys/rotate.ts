import { RootwardError } from '../../../contract/errors.ts';
import { rotateSigningKey } from '../../../contract/signing-keys/rotate.ts';
import { signingSince } from '../../../store/iam/signing-keys.ts';
import { readMeta } from '../../../store/meta.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { makeSigningKey } from './make-key.ts';
import { turnOver } from './turn-over.ts';

const SHORTEST_MS = 60_000;

/** Rotates the keys of the whole server, which its first account administers. */
export function rotateSigningKeyHandler(deps: IamDeps): Handler {
  return handle(rotateSigningKey, {
    async resolve({ now }) {
      const accountId = (await readMeta(deps.store.db, 'account_id')) ?? '';
      const target = { serviceName: 'rootward', accountId, resourceType: 'signing-key', name: 'signing key' };
      // Every one that has retired is published for a while, so that many in a row would make a long list.
      const [recent] = await signingSince(deps.store.db, { before: now, after: undefined, limit: 1 });
      const waitMs = recent ? recent.dueAt + SHORTEST_MS - now : 0;
      if (waitMs <= 0) return { target, record: undefined };
      return { target, missing: new RootwardError('SIGNING_KEY_ROTATED', { retryAfterSeconds: Math.ceil(waitMs / 1000) }) };
    },
    prepare: ({ now }) => makeSigningKey({ ...deps, now: () => now }),
    async change(call, _record, tx, next) {
      const turned = await turnOver(tx, next, call.now);
      if (!turned) throw new RootwardError('SIGNING_KEY_ROTATED');
      return {
        output: { kid: turned.signing, retired_kids: [...turned.retired], next_kid: turned.next },
        audit: { responseData: { keyId: turned.signing } },
      };
    },
  });
}
