import { isMember } from '../../../contract/access-groups/is-member.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { findMember } from '../../../store/iam/access-groups.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { resolveGroup } from './find.ts';

export function isMemberHandler(deps: IamDeps): Handler {
  return handle(isMember, {
    async resolve(call) {
      const { id, iam_id } = call.input.params;
      const found = await resolveGroup(deps.store.db, call.principal.accountId, id);
      if (found.missing || (await findMember(deps.store.db, found.record.id, iam_id))) return found;
      return { target: found.target, missing: notMember() };
    },
    run: () => ({ output: undefined }),
  });
}

export function notMember(): RootwardError {
  return new RootwardError('IAM_NOT_FOUND', { message: 'The access group has no such member.' });
}
