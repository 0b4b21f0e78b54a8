import { parseCrn } from '../../../../contract/crn.ts';
import { RootwardError } from '../../../../contract/errors.ts';
import { ASSUME_GRANT, type TokenRequest } from '../../../../contract/tokens/grant.ts';
import { findProfileByName } from '../../../../store/iam/trusted-profiles.ts';
import type { Db } from '../../../../store/store.ts';
import { SERVICE_ID_PREFIX } from '../../identity.ts';
import { actAs } from '../acting-as.ts';
import { type Grant, loginEvent, type Refused, required } from './grant.ts';
import { presentedHolder } from './presented.ts';

/** A user or service ID acts as a trusted profile of its account that it is linked to. */
export const assumeGrant: Grant = async (deps, { body, now }) => {
  const { db } = deps.store;
  const { verified, holder } = await presentedHolder(deps, required(body, 'access_token'), now);
  const { principal } = holder.identity;
  const refused = (reason: string): Refused => ({
    refusal: new RootwardError('ACTION_DENIED', { message: 'You may not act as this trusted profile.', cause: reason }),
    event: loginEvent(holder.actor ?? holder.identity, 'assume'),
    initiator: principal,
  });
  if (holder.actor) return refused('who acts as another already cannot act as a third');
  const iamId = await profileOf(db, principal.accountId, body);
  if (iamId === undefined) return refused('the account has no such trusted profile');
  const acting = await actAs(db, holder.identity, iamId, now);
  if ('refused' in acting) return refused(acting.refused);
  return {
    identity: acting.identity,
    actor: holder.identity,
    login: verified.login,
    delegableUntil: verified.expires,
    until: Math.min(holder.until, acting.until ?? holder.until),
    grantType: ASSUME_GRANT,
    event: loginEvent(holder.identity, 'assume'),
  };
};

/** The identity of the profile that the form names; of another account than the caller's there is none. */
async function profileOf(db: Db, accountId: string, body: TokenRequest): Promise<string | undefined> {
  if (body.profile_id) return profileIamId(body.profile_id);
  if (body.profile_crn) {
    const crn = parseCrn(body.profile_crn);
    const isOwn = crn?.service === 'iam-identity' && crn.accountId === accountId && crn.resourceType === 'profile';
    return isOwn ? profileIamId(crn.resource) : undefined;
  }
  if (!body.profile_name) required(body, 'profile_id');
  if (required(body, 'account') !== accountId) return undefined;
  return (await findProfileByName(db, accountId, body.profile_name ?? ''))?.iam_id;
}

/** People give the identity where the id is meant. */
function profileIamId(id: string): string {
  return id.startsWith(SERVICE_ID_PREFIX) ? id : SERVICE_ID_PREFIX + id;
}
