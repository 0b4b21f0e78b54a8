import { createAccount } from '../../../contract/accounts/create.ts';
import { RootwardError } from '../../../contract/errors.ts';
import type { InputOf } from '../../../contract/operation.ts';
import { findAccount } from '../../../store/iam/accounts.ts';
import { findPerson } from '../../../store/iam/people.ts';
import { readMeta } from '../../../store/meta.ts';
import type { Db } from '../../../store/store.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { createInvitation } from '../invitations/new-invitation.ts';
import { checkEmail } from '../people/email.ts';
import { findOrAddPerson } from '../people/new-person.ts';
import { bootstrapAccount } from './bootstrap.ts';
import { presentAccount } from './present.ts';

type Owner = { readonly iamId: string; readonly email?: undefined } | { readonly email: string };

/** Creates an account for other people of this server. Who administers the server may; it gives him no right in that account. */
export function createAccountHandler(deps: IamDeps): Handler {
  return handle(createAccount, {
    async resolve({ input: { body } }) {
      // The server's own account: who may do everything in another one administers that, not the server.
      const accountId = (await readMeta(deps.store.db, 'account_id')) ?? '';
      const target = { serviceName: 'rootward', accountId, resourceType: 'account', name: body.name };
      const owner = await wantedOwner(deps.store.db, body);
      return owner instanceof RootwardError ? { target, missing: owner } : { target, record: owner };
    },
    async change({ principal, input, now }, owner, tx) {
      const { name } = input.body;
      const fixed = { ...deps, now: () => now };
      const ownerIamId = owner.email === undefined ? owner.iamId : (await findOrAddPerson(tx, deps, owner.email, now)).iam_id;
      const ownerState = owner.email === undefined ? 'ACTIVE' : 'PENDING';
      const { accountId, resourceGroupId } = await bootstrapAccount(tx, fixed, { name, ownerIamId, ownerState });
      const account = await findAccount(tx, accountId);
      if (!account) throw new Error(`the new account ${accountId} is not there`);
      const invited = { accountId, iamId: ownerIamId, email: owner.email ?? '', by: principal.iamId, now };
      const invitation = owner.email === undefined ? undefined : await createInvitation(tx, deps, invited);
      return {
        output: { ...presentAccount(account), resource_group_id: resourceGroupId, ...(invitation && { invitation }) },
        audit: {
          requestData: { accountName: name, ownerIamId, email: owner.email },
          responseData: { accountId, resourceGroupId, invitationId: invitation?.id },
        },
      };
    },
  });
}

/** An e-mail address is not yet somebody: whoever has it becomes the owner by accepting. An id is. */
async function wantedOwner(db: Db, body: InputOf<typeof createAccount.input>['body']): Promise<Owner | RootwardError> {
  const { owner_iam_id: iamId, owner_email: email } = body;
  if ((iamId === undefined) === (email === undefined)) return invalid('owner_email', 'give it or owner_iam_id, and not both');
  if (email !== undefined) return { email: checkEmail(email, 'owner_email') };
  if (iamId !== undefined && (await findPerson(db, iamId))) return { iamId };
  return invalid('owner_iam_id', 'there is no such person');
}

function invalid(name: string, why: string): RootwardError {
  return new RootwardError('INVALID_FIELD', { message: `Field ${name}: ${why}.`, target: { type: 'field', name } });
}
