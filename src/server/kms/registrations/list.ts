import type { OutputOf } from '../../../contract/operation.ts';
import { listRegistrations } from '../../../contract/registrations/list.ts';
import { listAllRegistrations } from '../../../contract/registrations/list-all.ts';
import type { RegistrationQuery } from '../../../contract/registrations/list-query.ts';
import { countShownRegistrations, listShownRegistrations, type RegistrationFilter } from '../../../store/kms/registrations.ts';
import { type Handler, handle, type Outcome } from '../../handler.ts';
import type { Principal } from '../../principal.ts';
import { allowSameRings, resolveVisibleRings } from '../key-rings/visible-rings.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { parseCrnPattern } from './crn-pattern.ts';
import { presentRegistration, REGISTRATION_TYPE } from './present.ts';

const DEFAULT_PAGE = 200;

/** What one key protects. */
export function listRegistrationsHandler(deps: KmsDeps): Handler {
  return handle(listRegistrations, {
    resolve: (call) => deps.resolver.key(call),
    run: ({ principal, input }, { instance, key }) =>
      readPage(deps, principal, { instanceId: instance.guid, keyId: key.id }, input.query),
  });
}

/** What the keys of an instance protect, as far as the caller sees those keys. */
export function listAllRegistrationsHandler(deps: KmsDeps): Handler {
  return handle(listAllRegistrations, {
    resolve: (call) => resolveVisibleRings(deps, call, 'kms.registrations.list'),
    allow: (_call, now, before) => allowSameRings(now, before),
    run: ({ principal, input }, { instance, rings }) =>
      readPage(deps, principal, { instanceId: instance.guid, rings }, input.query),
  });
}

async function readPage(
  deps: KmsDeps,
  principal: Principal,
  of: RegistrationFilter,
  query: RegistrationQuery,
): Promise<Outcome<OutputOf<typeof listRegistrations.output>>> {
  const { urlEncodedResourceCRNQuery: pattern, preventKeyDeletion, limit = DEFAULT_PAGE, offset = 0, totalCount } = query;
  const filter: RegistrationFilter = {
    ...of,
    preventsDeletion: preventKeyDeletion,
    crn: pattern === undefined ? undefined : parseCrnPattern(pattern, of.keyId === undefined ? 'all keys' : 'one key'),
  };
  const rows = await listShownRegistrations(deps.store.db, filter, { limit, offset });
  const metadata = {
    collectionType: REGISTRATION_TYPE,
    collectionTotal: rows.length,
    ...(totalCount && { totalCount: await countShownRegistrations(deps.store.db, filter) }),
  };
  return {
    output: { metadata, resources: rows.map((row) => presentRegistration(row, principal)) },
    audit: { responseData: { totalResources: rows.length, ...(of.keyId !== undefined && { keyId: of.keyId }) } },
  };
}
