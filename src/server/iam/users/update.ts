import { RootwardError } from '../../../contract/errors.ts';
import type { InputOf } from '../../../contract/operation.ts';
import { updateUser } from '../../../contract/users/update.ts';
import { LOCAL_REALM, namePerson } from '../../../store/iam/people.ts';
import { changeUserState, shutOutUser, type UserRow } from '../../../store/iam/users.ts';
import { type Handler, handle } from '../../handler.ts';
import { nextTag } from '../entity-tag.ts';
import type { IamDeps } from '../iam-deps.ts';
import { resolveUser } from './find.ts';
import { refuseOwner } from './owner.ts';

type Body = InputOf<typeof updateUser.input>['body'];

/** Disables a user, lets him in again, or changes one's own name. */
export function updateUserHandler(deps: IamDeps): Handler {
  return handle(updateUser, {
    async resolve(call) {
      const wanted = wantedState(call.input.body.state);
      const found = await resolveUser(deps.store.db, call.principal, call.input.params);
      if (found.missing) return found;
      const user = found.record;
      const missing =
        refuseFields(call.input.body, user, call.principal.iamId) ??
        (wanted !== undefined && user.state === 'PENDING'
          ? stateError('The user has not accepted the invitation yet.')
          : undefined);
      return missing ? { target: found.target, missing } : { target: found.target, record: { user, wanted } };
    },
    async change(call, { user, wanted }, tx) {
      const { account_id: accountId, iam_id: iamId } = user;
      if (wanted === 'DISABLED') await refuseOwner(tx, accountId, iamId);
      if (wanted !== undefined && wanted !== user.state) {
        if (!(await changeUserState(tx, user, user.state, wanted))) throw stateError('The user was changed meanwhile.');
        if (wanted === 'DISABLED') await shutOutUser(tx, user, (tag) => nextTag(deps, tag), call.now);
      }
      const name = newName(call.input.body, user);
      if (name !== undefined) await namePerson(tx, iamId, name);
      const states = wanted && { initialValue: { userState: user.state }, newValue: { userState: wanted } };
      return { output: undefined, audit: { requestData: { iamId, email: user.email, ...states } } };
    },
  });
}

function wantedState(state: string | undefined): 'ACTIVE' | 'DISABLED' | undefined {
  if (state === undefined || state === 'ACTIVE' || state === 'DISABLED') return state;
  throw new RootwardError('INVALID_FIELD', {
    message: 'Field state is ACTIVE or DISABLED.',
    target: { type: 'field', name: 'state' },
  });
}

/** A person may be a user of several accounts, so who manages one of them changes nothing about the person. */
function refuseFields(body: Body, user: UserRow, callerIamId: string): RootwardError | undefined {
  for (const name of ['phonenumber', 'altphonenumber', 'photo'] as const) {
    if (body[name]) return unsupported(name, `Field ${name} is not kept here.`);
  }
  if (body.email !== undefined && body.email.toLowerCase() !== user.email) {
    return unsupported('email', 'An e-mail address cannot be changed. Invite the new one.');
  }
  if (newName(body, user) === undefined) return undefined;
  if (user.iam_id !== callerIamId) {
    return new RootwardError('ACTION_DENIED', { message: 'Only the person himself changes his name.' });
  }
  return user.realm === LOCAL_REALM
    ? undefined
    : unsupported('firstname', 'The identity provider says what the person is called.');
}

function newName({ firstname, lastname }: Body, { name }: UserRow): string | undefined {
  if (firstname === undefined && lastname === undefined) return undefined;
  const [first = '', ...rest] = name.split(' ');
  return [firstname ?? first, lastname ?? rest.join(' ')].filter((part) => part !== '').join(' ');
}

function unsupported(name: string, message: string): RootwardError {
  return new RootwardError('NOT_SUPPORTED', { message, target: { type: 'field', name } });
}

function stateError(message: string): RootwardError {
  return new RootwardError('USER_STATE', { message });
}
