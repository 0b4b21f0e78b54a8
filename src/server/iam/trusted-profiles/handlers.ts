import { RootwardError } from '../../../contract/errors.ts';
import { PROFILE_LINKS } from '../../../contract/trusted-profiles/links.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { profilesTarget } from './find.ts';
import { profileIdentityHandlers } from './identities.ts';
import { getProfileHandler, listProfilesHandler } from './read.ts';
import { claimRuleHandlers } from './rules.ts';
import { createProfileHandler, deleteProfileHandler, updateProfileHandler } from './write.ts';

/** Every server half of trusted profiles. */
export function trustedProfileHandlers(deps: IamDeps): Handler[] {
  return [
    createProfileHandler(deps),
    listProfilesHandler(deps),
    getProfileHandler(deps),
    updateProfileHandler(deps),
    deleteProfileHandler(deps),
    ...profileIdentityHandlers(deps),
    ...claimRuleHandlers(deps),
    ...linkHandlers(),
  ];
}

/** Each says that links are not supported, to whoever may manage profiles. */
function linkHandlers(): Handler[] {
  return PROFILE_LINKS.map((operation) =>
    handle(operation, {
      resolve: (call) => ({
        target: profilesTarget(call.principal.accountId),
        missing: new RootwardError('NOT_SUPPORTED', {
          message: 'Compute resources do not act as trusted profiles here.',
          hint: 'Let a user or a service ID act as the profile: its identities.',
        }),
      }),
      run: () => ({ output: undefined }),
    }),
  );
}
