import { RootwardError } from '../../../contract/errors.ts';
import { setOwnPassword } from '../../../contract/users/set-password.ts';
import { endOtherSessions, findPerson, LOCAL_REALM, type PersonRow, setPassword } from '../../../store/iam/people.ts';
import { membershipsOf } from '../../../store/iam/users.ts';
import type { Db } from '../../../store/store.ts';
import { type Handler, handle } from '../../handler.ts';
import type { Principal } from '../../principal.ts';
import type { IamDeps } from '../iam-deps.ts';
import { hashPassword } from '../people/password-hash.ts';
import { checkNewPassword } from '../people/password-rules.ts';
import { provePassword } from '../people/prove-password.ts';
import type { GuessLimit } from '../tokens/guesses/guess-limit.ts';
import { targetOfUser } from './target.ts';

/** Sets the caller's own password. Every other login of the person ends, in all accounts. */
export function setOwnPasswordHandler(deps: IamDeps, guesses: GuessLimit): Handler {
  return handle(setOwnPassword, {
    async resolve({ principal }) {
      const target = targetOfUser(principal.accountId, principal.iamId, principal.name);
      const person = principal.kind === 'user' ? await findPerson(deps.store.db, principal.iamId) : undefined;
      if (!person) return { target, missing: new RootwardError('ACTION_DENIED', { message: 'Only people have passwords.' }) };
      const missing = await refusePassword(deps.store.db, principal, person);
      return missing ? { target, missing } : { target, record: person };
    },
    async prepare({ input, host, now }, person) {
      const { old_password, new_password } = input.body;
      const before = person.password_hash;
      if (before !== null) {
        if (old_password === undefined) throw invalid('old_password', 'it is needed to set another password');
        const proof = { email: person.email, stored: before, password: old_password, address: host.address, now };
        await provePassword(guesses, proof, new RootwardError('ACTION_DENIED', { message: 'The old password is wrong.' }));
      }
      checkNewPassword(new_password, person.email, 'new_password');
      return { before, hash: await hashPassword(new_password, deps.randomBytes) };
    },
    async change({ principal, now }, person, tx, { before, hash }) {
      if ((await findPerson(tx, person.iam_id))?.password_hash !== before) {
        throw new RootwardError('ACTION_DENIED', { message: 'The password was set by somebody else meanwhile.' });
      }
      await setPassword(tx, person.iam_id, hash, now);
      const kept = principal.kind === 'user' ? principal.login?.sessionId : undefined;
      await endOtherSessions(tx, person.iam_id, kept, now);
      return { output: undefined, audit: { requestData: { iamId: person.iam_id } } };
    },
  });
}

async function refusePassword(db: Db, principal: Principal, person: PersonRow): Promise<RootwardError | undefined> {
  if (person.realm !== LOCAL_REALM) {
    return new RootwardError('NOT_SUPPORTED', { message: 'Your password is kept by your identity provider.' });
  }
  if (person.password_hash !== null) return undefined;
  // A password logs in to every account, an API key to one: the key of one must not become a way into the others.
  // Where he is only invited it opens nothing, and who invites him must not keep him from having one.
  const elsewhere = (await membershipsOf(db, person.iam_id)).some(
    ({ account_id, state }) => account_id !== principal.accountId && state !== 'PENDING',
  );
  if (!elsewhere) return undefined;
  return new RootwardError('ACTION_DENIED', {
    message: 'You are a user of several accounts, so an API key of one of them does not set your first password.',
  });
}

function invalid(name: string, why: string): RootwardError {
  return new RootwardError('INVALID_FIELD', { message: `Field ${name}: ${why}.`, target: { type: 'field', name } });
}
