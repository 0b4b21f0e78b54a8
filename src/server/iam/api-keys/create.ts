import { createApiKey as operation } from '../../../contract/api-keys/create.ts';
import { RootwardError } from '../../../contract/errors.ts';
import type { InputSchemas } from '../../../contract/operation.ts';
import { findApiKeyByHash } from '../../../store/iam/api-keys.ts';
import { findServiceId } from '../../../store/iam/service-ids.ts';
import type { Db } from '../../../store/store.ts';
import { type Call, type Handler, handle } from '../../handler.ts';
import { refuseActingAs } from '../act-as.ts';
import type { IamDeps } from '../iam-deps.ts';
import { SERVICE_ID_PREFIX } from '../identity.ts';
import { ownAccount } from '../own-account.ts';
import type { GuessLimit } from '../tokens/guesses/guess-limit.ts';
import { checkExpiry, isSet, refusePromises } from './check-fields.ts';
import { keyFacts } from './current-key.ts';
import { createApiKey } from './new-key.ts';
import { presentApiKey } from './present.ts';
import { hashSecret } from './secret.ts';
import { keysOfIdentity } from './target.ts';

/** Creates a key for the caller's own identity or for a service ID. Nobody makes a key that acts as another user. */
export function createApiKeyHandler(deps: IamDeps, guesses: GuessLimit): Handler {
  return handle(operation, {
    async resolve(call) {
      const { body } = call.input;
      refusePromises(body);
      const accountId = ownAccount(call.principal, body.account_id);
      const iamId = identityName(body.iam_id ?? call.principal.iamId);
      const record = { accountId, iamId, expiresAt: checkExpiry(body.expires_at, call.now, 'expires_at') };
      const target = keysOfIdentity(accountId, iamId, body.name);
      if (call.principal.kind === 'profile' && iamId === call.principal.iamId) {
        // It would let whoever assumed the profile once act as it for ever.
        throw new RootwardError('ACTION_DENIED', { message: 'A trusted profile has no API keys.' });
      }
      if (iamId === call.principal.iamId) return { target, record };
      if (!iamId.startsWith(SERVICE_ID_PREFIX)) {
        // Not even the account's owner: a key of somebody else's would let him act in that person's name.
        throw new RootwardError('ACTION_DENIED', { message: 'An API key is created for your own identity or for a service ID.' });
      }
      const service = await findServiceId(deps.store.db, accountId, iamId.slice(SERVICE_ID_PREFIX.length));
      const missing = service
        ? await refuseActingAs(deps, call.principal, accountId, iamId)
        : new RootwardError('IAM_NOT_FOUND', { message: 'The service ID does not exist.' });
      return missing ? { target, missing } : { target, record };
    },
    async change(call, { accountId, iamId, expiresAt }, tx) {
      const { body, headers } = call.input;
      const { name, description, apikey } = body;
      if (apikey !== undefined) await refuseTakenSecret(tx, deps, guesses, apikey, call);
      const { row, secret } = await createApiKey(tx, deps, {
        iamId,
        accountId,
        name,
        description,
        secret: apikey,
        expiresAt,
        locked: isSet(headers['entity-lock']),
        disabled: isSet(headers['entity-disable']),
        createdBy: call.principal.iamId,
        now: call.now,
      });
      return {
        output: presentApiKey(row, call.now, secret),
        headers: { ETag: row.entity_tag },
        audit: keyFacts(row, 'create'),
      };
    },
  });
}

/** A caller's own secret has to be new: it is what a key is found by. One that is not tells that somebody has it, so it counts as a guess. */
export async function refuseTakenSecret(
  db: Db,
  deps: IamDeps,
  guesses: GuessLimit,
  secret: string,
  { host, now }: Pick<Call<InputSchemas>, 'host' | 'now'>,
): Promise<void> {
  if (!(await findApiKeyByHash(db, hashSecret(deps.barrier, secret), now))) return;
  const taken = new RootwardError('INVALID_FIELD', {
    message: 'Field apikey is not usable. Choose another value.',
    target: { type: 'field', name: 'apikey' },
  });
  throw guesses.wrong(host.address, now, taken);
}

/** People paste the id of a service ID where its identity is meant. */
function identityName(iamId: string): string {
  return iamId.startsWith('ServiceId-') ? SERVICE_ID_PREFIX + iamId : iamId;
}
