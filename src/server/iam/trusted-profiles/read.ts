import { getProfile } from '../../../contract/trusted-profiles/get.ts';
import { listProfiles } from '../../../contract/trusted-profiles/list.ts';
import type { TrustedProfile } from '../../../contract/trusted-profiles/profile.ts';
import { listProfiles as readPage } from '../../../store/iam/trusted-profiles.ts';
import { type Handler, handle } from '../../handler.ts';
import { withActivity } from '../activity/present.ts';
import type { IamDeps } from '../iam-deps.ts';
import { parseFilter } from '../list-filter.ts';
import { readListPage, wantedPage } from '../list-page.ts';
import { ownAccount } from '../own-account.ts';
import { profilesTarget, resolveProfile, targetOfProfile } from './find.ts';
import { presentProfile } from './present.ts';

const PARAMETERS = ['account_id', 'name', 'filter'] as const;
const FILTERED = ['name', 'description', 'created_by'] as const;

export function getProfileHandler(deps: IamDeps): Handler {
  return handle(getProfile, {
    resolve: (call) => resolveProfile(deps.store.db, call.principal.accountId, call.input.params.id),
    run: ({ input }, row) => ({
      output: withActivity(presentProfile(row), row, input.query.include_activity),
      headers: { ETag: row.entity_tag },
    }),
  });
}

/** Lists the profiles that the caller may see. */
export function listProfilesHandler(deps: IamDeps): Handler {
  return handle(listProfiles, {
    resolve(call) {
      const accountId = ownAccount(call.principal, call.input.query.account_id);
      const wanted = wantedPage(deps.barrier, call.input.query, PARAMETERS);
      const { filter } = wanted.filters;
      const accepts = filter === undefined ? undefined : parseFilter(filter, FILTERED);
      return { target: profilesTarget(accountId), record: { accountId, wanted, accepts } };
    },
    async run(call, { accountId, wanted, accepts }) {
      const { rows, places } = await readListPage(wanted, {
        barrier: deps.barrier,
        url: new URL('/v1/profiles', deps.origin()),
        read: (page) => readPage(deps.store.db, { ...page, accountId, name: wanted.filters.name }),
        filter: accepts,
      });
      const profiles: TrustedProfile[] = [];
      for (const row of rows) {
        const decision = await deps.decide(call.principal, 'iam-identity.profile.get', targetOfProfile(row));
        if (decision.allowed) profiles.push(withActivity(presentProfile(row), row, call.input.query.include_activity));
      }
      return { output: { ...places, profiles } };
    },
  });
}
