import { RootwardError } from '../../../contract/errors.ts';
import { listRegistrations } from '../../../contract/registrations/list.ts';
import { listAllRegistrations } from '../../../contract/registrations/list-all.ts';
import type { Registration } from '../../../contract/registrations/registration.ts';
import { listRegistrations as readRegistrations } from '../../../store/registrations.ts';
import { type Handler, handle, type Outcome } from '../../handler.ts';
import { allowSameRings, resolveVisibleRings } from '../key-rings/visible-rings.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { presentRegistration, REGISTRATION_TYPE } from './present.ts';

interface RegistrationQuery {
  readonly limit?: number;
  readonly offset?: number;
  readonly totalCount?: boolean;
  readonly preventKeyDeletion?: boolean;
  readonly urlEncodedResourceCRNQuery?: string;
}

const DEFAULT_PAGE = 200;
const CRN_SEGMENTS = 10;

/** What one key protects. */
export function listRegistrationsHandler(deps: KmsDeps): Handler {
  return handle(listRegistrations, {
    resolve: (call) => deps.resolver.key(call),
    run: (call, { instance, key }) => page(deps, { instanceId: instance.guid, keyId: key.id }, call.input.query),
  });
}

/** What all keys of an instance protect that the caller sees. */
export function listAllRegistrationsHandler(deps: KmsDeps): Handler {
  return handle(listAllRegistrations, {
    resolve: (call) => resolveVisibleRings(deps, call, 'kms.registrations.list'),
    allow: (_call, now, before) => allowSameRings(now, before),
    run: (call, { instance, rings }) => page(deps, { instanceId: instance.guid, rings }, call.input.query),
  });
}

async function page(
  deps: KmsDeps,
  of: { instanceId: string; keyId?: string; rings?: readonly string[] | undefined },
  query: RegistrationQuery,
): Promise<
  Outcome<{ metadata: { collectionType: string; collectionTotal: number; totalCount?: number }; resources: Registration[] }>
> {
  const matches = crnMatcher(query.urlEncodedResourceCRNQuery);
  const rows = (await readRegistrations(deps.store.db, of)).filter(
    (row) =>
      matches(row.resource_crn) &&
      (query.preventKeyDeletion === undefined || (row.prevent_deletion === 1) === query.preventKeyDeletion),
  );
  const { offset = 0, limit = DEFAULT_PAGE } = query;
  const resources: Registration[] = [];
  for (const row of rows.slice(offset, offset + limit)) resources.push(await presentRegistration(deps.store.db, row));
  const metadata = {
    collectionType: REGISTRATION_TYPE,
    collectionTotal: resources.length,
    ...(query.totalCount && { totalCount: rows.length }),
  };
  return { output: { metadata, resources }, audit: { responseData: { totalResources: resources.length } } };
}

/** A pattern of ten segments: `*` for any segment, and a trailing `*` on the last one for any ending. */
function crnMatcher(pattern: string | undefined): (crn: string) => boolean {
  if (pattern === undefined) return () => true;
  const wanted = pattern.split(':');
  if (wanted.length !== CRN_SEGMENTS) {
    throw new RootwardError('INVALID_QUERY', {
      message: 'urlEncodedResourceCRNQuery must have all ten segments of a CRN.',
      target: { type: 'query_param', name: 'urlEncodedResourceCRNQuery' },
    });
  }
  return (crn) => {
    const parts = crn.split(':');
    return (
      parts.length === CRN_SEGMENTS &&
      wanted.every((segment, index) => matchesSegment(segment, parts[index] ?? '', index === CRN_SEGMENTS - 1))
    );
  };
}

function matchesSegment(wanted: string, part: string, isLast: boolean): boolean {
  if (wanted === '*' || wanted === part) return true;
  return isLast && wanted.endsWith('*') && part.startsWith(wanted.slice(0, -1));
}
