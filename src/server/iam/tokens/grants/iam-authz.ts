import { RootwardError } from '../../../../contract/errors.ts';
import { IAM_AUTHZ_GRANT } from '../../../../contract/tokens/grant.ts';
import { CRN_PREFIX } from '../../identity.ts';
import { actAs } from '../acting-as.ts';
import { type Grant, loginEvent, type Refused, required } from './grant.ts';
import { presentedHolder } from './presented.ts';

const SECONDS = 1800;

/** A service's own service ID acts as one of its instances, or a cluster's plugin as its cluster. */
export const iamAuthzGrant: Grant = async (deps, { body, now }) => {
  const desired = required(body, 'desired_iam_id');
  if (!desired.startsWith(CRN_PREFIX)) {
    const target = { type: 'field', name: 'desired_iam_id' } as const;
    throw new RootwardError('INVALID_FIELD', { message: 'Field desired_iam_id is not crn-<CRN>.', target });
  }
  const { verified, holder } = await presentedHolder(deps, required(body, 'access_token'), now);
  const event = loginEvent(holder.actor ?? holder.identity, 'iam-authz');
  const refused = (reason: string): Refused => ({
    refusal: new RootwardError('ACTION_DENIED', { message: 'You may not act as this instance.', cause: reason }),
    event,
    initiator: holder.identity.principal,
  });
  if (holder.actor) return refused('who acts as another already cannot act as a third');
  const acting = await actAs(deps.store.db, holder.identity, desired, now);
  if ('refused' in acting) return refused(acting.refused);
  return {
    identity: acting.identity,
    actor: holder.identity,
    login: verified.login,
    delegableUntil: verified.expires,
    until: holder.until,
    seconds: SECONDS,
    grantType: IAM_AUTHZ_GRANT,
    event,
  };
};
