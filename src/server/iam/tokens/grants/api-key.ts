import { RootwardError } from '../../../../contract/errors.ts';
import { API_KEY_GRANT } from '../../../../contract/tokens/grant.ts';
import { findApiKeyByHash } from '../../../../store/iam/api-keys.ts';
import { hashSecret } from '../../api-keys/secret.ts';
import { identityOfKey } from '../../identity.ts';
import { beginSession } from '../../sessions/session.ts';
import { type Grant, loginEvent, required } from './grant.ts';

/**
 * Unknown, disabled and expired keys all look alike. A client that says it is `bx` gets a session, which it refreshes; others use the
 * key again, so that their logins write nothing.
 */
export const apiKeyGrant: Grant = async (deps, { body, client, host, now }) => {
  const hash = hashSecret(deps.barrier, required(body, 'apikey'));
  const key = await findApiKeyByHash(deps.store.db, hash, now);
  const identity = key && (await identityOfKey(deps.store.db, key, now));
  if (!key || !identity) {
    const refusal = deps.guesses.wrong(host.address, now, new RootwardError('API_KEY_NOT_FOUND'));
    return { refusal, event: 'iam-identity.apikey.login' };
  }
  const until = key.expires_at ?? Number.POSITIVE_INFINITY;
  const known = { identity, until, grantType: API_KEY_GRANT, event: loginEvent(identity, 'apikey') };
  if (client !== 'bx' || key.purpose !== null) return { ...known, login: { apiKeyId: key.id, secretEpoch: key.secret_epoch } };
  const { account_id, iam_id } = key;
  const wanted = { account_id, iam_id, kind: 'apikey' as const, api_key_id: key.id, client_id: client, until, now };
  return {
    ...known,
    session: async (tx) => {
      // A rotation ends the sessions that it finds, so none may begin with a secret that has stopped meanwhile,
      // nor for somebody who is removed or disabled.
      const current = await findApiKeyByHash(tx, hash, now);
      const isStill = current?.id === key.id && (await identityOfKey(tx, current, now)) !== undefined;
      return isStill ? beginSession(tx, deps, wanted) : undefined;
    },
  };
};
