import { formatCrn, parseCrn } from '../../../contract/crn.ts';
import { findServiceId } from '../../../store/iam/service-ids.ts';
import { findSession } from '../../../store/iam/sessions.ts';
import { findProfileByIamId, hasProfileIdentity, listClaimRules } from '../../../store/iam/trusted-profiles.ts';
import type { Db } from '../../../store/store.ts';
import type { ServicePrincipal } from '../../principal.ts';
import { CRN_PREFIX, clusterIdentity, type Identity, isOfClusters, PROFILE_PREFIX, SERVICE_ID_PREFIX } from '../identity.ts';
import { type ClaimRuleDocument, type LoginClaims, ruleHolds } from '../trusted-profiles/claims.ts';

/** `refused`: why, for the audit record. */
export type ActingAs =
  | {
      readonly identity: Identity;
      /** Milliseconds since 1970; absent: as long as the login. */
      readonly until?: number;
    }
  | { readonly refused: string };

/**
 * Whether `actor` may act as the trusted profile or the CRN `iamId`, as things are now. Asked when such a token is made and whenever
 * one is used, so that it ends with the right to it.
 */
export async function actAs(db: Db, actor: Identity, iamId: string, now: number): Promise<ActingAs> {
  if (iamId.startsWith(PROFILE_PREFIX)) return asProfile(db, actor, iamId, now);
  if (iamId.startsWith(CRN_PREFIX)) return asCrn(db, actor, iamId.slice(CRN_PREFIX.length));
  return { refused: 'nobody acts as a user or service ID' };
}

async function asProfile(db: Db, { principal }: Identity, iamId: string, now: number): Promise<ActingAs> {
  if (principal.kind === 'profile' || principal.kind === 'service') {
    return { refused: 'only a user, a service ID or a cluster can act as a trusted profile' };
  }
  const { accountId } = principal;
  const isCluster = principal.kind === 'cluster';
  const profile = await findProfileByIamId(db, accountId, iamId);
  if (!profile) return { refused: 'the account has no such trusted profile' };
  const isLinked = await hasProfileIdentity(db, accountId, profile.id, isCluster ? principal.crn : principal.iamId);
  const sessionId = isCluster ? undefined : principal.login?.sessionId;
  const until = isLinked ? Number.POSITIVE_INFINITY : await endByClaims(db, accountId, profile.id, sessionId);
  if (until <= now) return { refused: `${principal.iamId} is not linked to the trusted profile ${profile.id}` };
  const actor = { iamId: principal.iamId, name: principal.name };
  return {
    identity: {
      principal: Object.freeze({ kind: 'profile', iamId, accountId, name: profile.name, credential: 'token', actor }),
    },
    ...(!isLinked && { until }),
  };
}

/** Until when what an identity provider said at the login lets it act as the profile; 0: it does not. */
async function endByClaims(db: Db, accountId: string, profileId: string, sessionId: string | undefined): Promise<number> {
  const session = sessionId === undefined ? undefined : await findSession(db, sessionId);
  if (!session?.claims) return 0;
  const claims = JSON.parse(session.claims) as LoginClaims;
  const rules = (await listClaimRules(db, accountId, profileId)).map(({ document }) => JSON.parse(document) as ClaimRuleDocument);
  const lasting = rules.filter((rule) => ruleHolds(rule, claims)).map(({ expiration }) => expiration);
  return lasting.length === 0 ? 0 : session.created_at + Math.max(...lasting) * 1000;
}

async function asCrn(db: Db, actor: Identity, crn: string): Promise<ActingAs> {
  const { principal } = actor;
  // A cluster's agent has another identity's rights than its plugin, and gets no more by asking for its own name.
  if (principal.kind === 'cluster') {
    if (principal.crn === crn && principal.role === 'plugin') return { identity: actor };
    return { refused: `the cluster ${principal.crn} may not act as ${crn}` };
  }
  if (principal.kind !== 'service-id') return { refused: 'only a service ID can act as an instance of a service' };
  const { accountId, iamId } = principal;
  const parts = parseCrn(crn);
  if (!parts || formatCrn(parts) !== crn) return { refused: 'what is asked for is no CRN' };
  if (parts.accountId !== accountId) return { refused: `${crn} is of another account than ${iamId}` };
  const service = await findServiceId(db, accountId, iamId.slice(SERVICE_ID_PREFIX.length));
  const own = service ? (JSON.parse(service.unique_instance_crns) as readonly unknown[]) : [];
  if (!own.includes(crn)) return { refused: `${iamId} is not the service ID of ${crn}` };
  if (!isOfClusters(crn)) return { identity: { principal: servicePrincipal(crn, parts) } };
  const identity = await clusterIdentity(db, accountId, crn, 'plugin');
  return identity ? { identity } : { refused: `there is no cluster ${crn}` };
}

function servicePrincipal(crn: string, parts: NonNullable<ReturnType<typeof parseCrn>>): ServicePrincipal {
  const { service, location, accountId, instance, resourceType, resource } = parts;
  return Object.freeze({
    kind: 'service',
    iamId: CRN_PREFIX + crn,
    accountId,
    name: crn,
    credential: 'token',
    crn,
    source: {
      serviceName: service,
      accountId,
      ...(instance !== '' && { serviceInstance: instance }),
      ...(location !== '' && { region: location }),
      ...(resourceType !== '' && { resourceType }),
      ...(resource !== '' && { resource }),
    },
  });
}
