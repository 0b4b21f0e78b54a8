import type { RootwardError } from '../../contract/errors.ts';
import { groupsOf } from '../../store/iam/access-groups.ts';
import { findServiceId } from '../../store/iam/service-ids.ts';
import { findProfileById, profilesFor } from '../../store/iam/trusted-profiles.ts';
import type { Principal } from '../principal.ts';
import type { IamDeps } from './iam-deps.ts';
import { SERVICE_ID_PREFIX } from './identity.ts';
import { refuseBeyondRights } from './policies/checks/within-rights.ts';
import { refuseForeignInstances } from './service-ids/unique-instances.ts';

/**
 * Whoever gets hold of an identity has all that it has: its policies, those of its access groups, the trusted profiles that it may
 * act as, and the instances as which a service ID may ask for tokens. Undefined if all of that is within the rights of `principal`,
 * else the error to answer with.
 */
export async function refuseActingAs(
  deps: Pick<IamDeps, 'store' | 'decide'>,
  principal: Principal,
  accountId: string,
  iamId: string,
): Promise<RootwardError | undefined> {
  const { db } = deps.store;
  const identities = [iamId];
  for (const profileId of await profilesFor(db, accountId, iamId)) {
    const profile = await findProfileById(db, accountId, profileId);
    if (profile) identities.push(profile.iam_id);
  }
  for (const identity of identities) {
    for (const subjectKey of [identity, ...(await groupsOf(db, accountId, identity))]) {
      const refusal = await refuseBeyondRights({ db, decide: deps.decide }, principal, accountId, subjectKey);
      if (refusal) return refusal;
    }
  }
  const service = await findServiceId(db, accountId, iamId.slice(SERVICE_ID_PREFIX.length));
  if (service?.iam_id !== iamId) return undefined;
  return refuseForeignInstances(deps, principal, accountId, JSON.parse(service.unique_instance_crns) as string[]);
}
