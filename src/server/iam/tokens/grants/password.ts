import { RootwardError } from '../../../../contract/errors.ts';
import { PASSWORD_GRANT } from '../../../../contract/tokens/grant.ts';
import { identityOf } from '../../identity.ts';
import { isStillPassword, personByPassword } from '../../people/person-by-password.ts';
import { beginSession } from '../../sessions/session.ts';
import { chooseAccount } from './choose-account.ts';
import { type Grant, required } from './grant.ts';

const EVENT = 'iam-identity.user-password.login';

/** A person's e-mail address and password. Whether somebody has that address shows in nothing, not even in how long it takes. */
export const passwordGrant: Grant = async (deps, { body, client, host, now }) => {
  const { db } = deps.store;
  const email = required(body, 'username');
  const given = { email, password: required(body, 'password'), address: host.address, now };
  const person = await personByPassword(deps, given, new RootwardError('CREDENTIALS_WRONG'));
  if (person instanceof RootwardError) return { refusal: person, event: EVENT };
  const accountId = await chooseAccount(db, person.iam_id, body);
  // The session's own name is not known yet; the identity is read again with it.
  const who = { accountId, iamId: person.iam_id, credential: 'user' as const, login: {} };
  const identity = accountId === '' ? undefined : await identityOf(db, who);
  if (!identity) {
    const message = 'You are no active user of this account.';
    return { refusal: new RootwardError('ACTION_DENIED', { message, cause: message }), event: EVENT };
  }
  const wanted = { account_id: accountId, iam_id: person.iam_id, kind: 'password' as const, client_id: client, now };
  return {
    identity,
    until: Number.POSITIVE_INFINITY,
    grantType: PASSWORD_GRANT,
    event: EVENT,
    // A new password ends the sessions that it finds, so none may begin with the old one afterwards.
    // The same holds for a user who is removed or disabled.
    session: async (tx) => {
      const isStill = (await isStillPassword(tx, person)) && (await identityOf(tx, who)) !== undefined;
      return isStill ? beginSession(tx, deps, wanted) : undefined;
    },
  };
};
