import { RootwardError } from '../../../contract/errors.ts';
import { createProfile } from '../../../contract/trusted-profiles/create.ts';
import { deleteProfile } from '../../../contract/trusted-profiles/delete.ts';
import { updateProfile } from '../../../contract/trusted-profiles/update.ts';
import { deleteMembershipsOf } from '../../../store/iam/access-groups.ts';
import { NEVER_AUTHENTICATED } from '../../../store/iam/authentications.ts';
import { deletePoliciesOf } from '../../../store/iam/policies.ts';
import { endSessionsOf } from '../../../store/iam/sessions.ts';
import {
  changeProfile,
  findProfileByName,
  insertProfile,
  deleteProfile as removeProfile,
  type TrustedProfileRow,
} from '../../../store/iam/trusted-profiles.ts';
import type { Tx } from '../../../store/store.ts';
import { type Handler, handle } from '../../handler.ts';
import { firstTag, nextTag, refuseOldTag } from '../entity-tag.ts';
import type { IamDeps } from '../iam-deps.ts';
import { ownAccount } from '../own-account.ts';
import { currentProfile, profileFacts, profilesTarget, resolveProfile } from './find.ts';
import { presentProfile } from './present.ts';

export function createProfileHandler(deps: IamDeps): Handler {
  return handle(createProfile, {
    resolve(call) {
      const { account_id, email, name } = call.input.body;
      refuseEmail(email);
      const accountId = ownAccount(call.principal, account_id);
      return { target: { ...profilesTarget(accountId), name }, record: accountId };
    },
    async change({ input, principal, now }, accountId, tx) {
      const { name, description } = input.body;
      await refuseTakenName(tx, accountId, name);
      const id = `Profile-${deps.newId()}`;
      const row: TrustedProfileRow = {
        id,
        iam_id: `iam-${id}`,
        account_id: accountId,
        name,
        description: description || null,
        entity_tag: firstTag(deps),
        created_at: now,
        created_by: principal.iamId,
        modified_at: now,
        ...NEVER_AUTHENTICATED,
      };
      await insertProfile(tx, row);
      return { output: presentProfile(row), headers: { ETag: row.entity_tag }, audit: profileFacts(row) };
    },
  });
}

export function updateProfileHandler(deps: IamDeps): Handler {
  return handle(updateProfile, {
    resolve(call) {
      refuseEmail(call.input.body.email);
      return resolveProfile(deps.store.db, call.principal.accountId, call.input.params.id);
    },
    async change({ input, now }, found, tx) {
      const { name, description } = input.body;
      const row = await currentProfile(tx, found);
      refuseOldTag(row.entity_tag, input.headers['if-match']);
      if (name !== undefined) await refuseTakenName(tx, row.account_id, name, row.id);
      const changed = {
        ...row,
        ...(name !== undefined && { name }),
        ...(description !== undefined && { description: description || null }),
        entity_tag: nextTag(deps, row.entity_tag),
        modified_at: now,
      };
      await changeProfile(tx, changed);
      return { output: presentProfile(changed), headers: { ETag: changed.entity_tag }, audit: profileFacts(changed) };
    },
  });
}

/** Removes the profile with all that hangs on it: a later one never inherits its policies, groups or identities. */
export function deleteProfileHandler(deps: IamDeps): Handler {
  return handle(deleteProfile, {
    resolve: (call) => resolveProfile(deps.store.db, call.principal.accountId, call.input.params.id),
    async change({ now }, found, tx) {
      const row = await currentProfile(tx, found);
      await removeProfile(tx, row.account_id, row.id);
      await deletePoliciesOf(tx, row.account_id, row.iam_id);
      await deleteMembershipsOf(tx, row.account_id, row.iam_id);
      await endSessionsOf(tx, row.account_id, row.iam_id, now);
      return { output: undefined, audit: profileFacts(row) };
    },
  });
}

async function refuseTakenName(tx: Tx, accountId: string, name: string, ownId?: string): Promise<void> {
  const other = await findProfileByName(tx, accountId, name);
  if (!other || other.id === ownId) return;
  throw new RootwardError('NAME_TAKEN', {
    message: 'A trusted profile of this name exists already.',
    target: { type: 'field', name: 'name' },
  });
}

/** What would be forgotten silently is refused. */
function refuseEmail(email: string | undefined): void {
  if (!email) return;
  throw new RootwardError('NOT_SUPPORTED', {
    message: 'Field email is not supported here: nobody writes to a trusted profile.',
    target: { type: 'field', name: 'email' },
  });
}
