import { RootwardError } from '../../../contract/errors.ts';
import { rotateSigningKey } from '../../../contract/signing-keys/rotate.ts';
import { readMeta } from '../../../store/meta.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { makeSigningKey } from './make-key.ts';
import { turnOver } from './turn-over.ts';

/** Rotates the keys of the whole server, which its first account administers. */
export function rotateSigningKeyHandler(deps: IamDeps): Handler {
  return handle(rotateSigningKey, {
    async resolve() {
      const accountId = (await readMeta(deps.store.db, 'account_id')) ?? '';
      const target = { serviceName: 'rootward', accountId, resourceType: 'signing-key', name: 'signing key' };
      return { target, record: undefined };
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
