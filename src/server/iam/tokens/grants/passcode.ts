import { RootwardError } from '../../../../contract/errors.ts';
import { PASSCODE_GRANT } from '../../../../contract/tokens/grant.ts';
import { findApiKey } from '../../../../store/iam/api-keys.ts';
import { findPasscode, takePasscode } from '../../../../store/iam/passcodes.ts';
import type { Db } from '../../../../store/store.ts';
import { identityOf, identityOfKey } from '../../identity.ts';
import { beginSession } from '../../sessions/session.ts';
import { hashPasscode } from '../passcodes.ts';
import { type Grant, required } from './grant.ts';

const EVENT = 'iam-identity.user-passcode.login';

/** A one-time code that its holder got where he was logged in already. */
export const passcodeGrant: Grant = async (deps, { body, client, host, now }) => {
  const { db } = deps.store;
  const hash = hashPasscode(deps.barrier, required(body, 'passcode'));
  const code = await findPasscode(db, hash);
  const key = code?.api_key_id ? await findApiKey(db, code.account_id, code.api_key_id) : undefined;
  const { account_id = '', iam_id = '', api_key_id = null, claims = null } = code ?? {};
  const isGood = code !== undefined && now < code.expires_at;
  const who = { accountId: account_id, iamId: iam_id, credential: 'user' as const, login: {} };
  const find = async (from: Db) => {
    if (api_key_id === null) return identityOf(from, who);
    const current = await findApiKey(from, account_id, api_key_id);
    return current && identityOfKey(from, current, now);
  };
  const identity = isGood ? await find(db) : undefined;
  if (!identity) {
    const error = new RootwardError('CREDENTIALS_WRONG', { message: 'The passcode is wrong, was used before or has expired.' });
    return { refusal: deps.guesses.wrong(host.address, now, error), event: EVENT };
  }
  const until = key?.expires_at ?? Number.POSITIVE_INFINITY;
  const wanted = { account_id, iam_id, kind: 'passcode' as const, api_key_id, claims, client_id: client, until, now };
  return {
    identity,
    until,
    grantType: PASSCODE_GRANT,
    event: EVENT,
    // Whoever is removed or disabled meanwhile begins nothing.
    session: async (tx) => ((await takePasscode(tx, hash)) && (await find(tx)) ? beginSession(tx, deps, wanted) : undefined),
  };
};
