import { RootwardError } from '../../../contract/errors.ts';
import { acceptInvitation } from '../../../contract/invitations/accept.ts';
import { deleteInvitation } from '../../../store/iam/invitations.ts';
import { findPerson, LOCAL_REALM, namePerson, setPassword } from '../../../store/iam/people.ts';
import { changeUserState, membershipsOf } from '../../../store/iam/users.ts';
import type { Db } from '../../../store/store.ts';
import { type Handler, handle } from '../../handler.ts';
import type { PersonPrincipal } from '../../principal.ts';
import type { IamDeps } from '../iam-deps.ts';
import { hashPassword } from '../people/password-hash.ts';
import { checkNewPassword } from '../people/password-rules.ts';
import { provePassword } from '../people/prove-password.ts';
import type { GuessLimit } from '../tokens/guesses/guess-limit.ts';
import { targetOfUser } from '../users/target.ts';
import { findOpenInvitation, noInvitation, type OpenInvitation } from './find-open.ts';

/**
 * Accepts an invitation without being logged in. The token says that the inviter meant whoever has it. It does not let him be
 * somebody who is known already: that one proves himself by his password, or by being logged in, and only somebody new sets one.
 */
export function acceptInvitationHandler(deps: IamDeps, guesses: GuessLimit): Handler {
  return handle(acceptInvitation, {
    async resolve({ input, host, now }) {
      const open = await findOpenInvitation(deps.store.db, deps.barrier, input.body.token, now);
      if (!open) throw guesses.wrong(host.address, now, noInvitation());
      if (open.person.realm !== LOCAL_REALM) {
        throw new RootwardError('ACTION_DENIED', { message: 'Log in by your identity provider to accept the invitation.' });
      }
      const { account_id: accountId, iam_id: iamId, email } = open.row;
      if (open.person.password_hash === null && (await isKnown(deps.store.db, iamId))) {
        // Setting his first password would make whoever invites his address him, in the accounts where he is a user.
        throw new RootwardError('ACTION_DENIED', {
          message: 'You are known here already, without a password. Accept as who you are logged in as.',
        });
      }
      return { target: targetOfUser(accountId, iamId, email), record: open, audit: { initiator: whoAccepts(open) } };
    },
    async prepare({ input, host, now }, { person }) {
      const { password } = input.body;
      const before = person.password_hash;
      if (before === null) {
        checkNewPassword(password, person.email, 'password');
        return { before, hash: await hashPassword(password, deps.randomBytes) };
      }
      const wrong = new RootwardError('ACTION_DENIED', {
        message: 'You are known here already, by another password. Accept with that one.',
      });
      await provePassword(guesses, { email: person.email, stored: before, password, address: host.address, now }, wrong);
      return { before, hash: undefined };
    },
    async change({ input, now }, open, tx, { before, hash }) {
      const { id, account_id, iam_id, email } = open.row;
      if (!(await deleteInvitation(tx, id))) throw noInvitation();
      const person = await findPerson(tx, iam_id);
      if (person?.password_hash !== before) {
        throw new RootwardError('ACTION_DENIED', { message: 'The password was set by somebody else meanwhile.' });
      }
      if (hash !== undefined) await setPassword(tx, iam_id, hash, now);
      if (person.name === '') await namePerson(tx, iam_id, input.body.name ?? email.split('@', 1)[0] ?? email);
      if (!(await changeUserState(tx, open.row, 'PENDING', 'ACTIVE'))) throw noInvitation();
      return {
        output: { account_id, iam_id, email, state: 'ACTIVE' as const },
        audit: { initiator: whoAccepts(open), requestData: { iamId: iam_id, email, invitationId: id } },
      };
    },
  });
}

/** Whether somebody is more than invited anywhere. */
async function isKnown(db: Db, iamId: string): Promise<boolean> {
  return (await membershipsOf(db, iamId)).some(({ state }) => state !== 'PENDING');
}

function whoAccepts({ row, person }: OpenInvitation): PersonPrincipal {
  return { kind: 'user', iamId: row.iam_id, accountId: row.account_id, name: person.name || row.email, credential: 'user' };
}
