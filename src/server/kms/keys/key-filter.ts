import { RootwardError } from '../../../contract/errors.ts';
import { KEY_QUERIES_NOT_SUPPORTED } from '../../../contract/keys/list.ts';
import type { InstanceRow } from '../../../store/instances.ts';
import type { KeyFilter, KeyRow } from '../../../store/keys.ts';

const LIVE: readonly KeyRow['state'][] = [0, 1, 2, 3];

/** Which keys of an instance a query means; deleted ones only when state 5 is asked for. */
export function keyFilter(
  instance: InstanceRow,
  query: { readonly state?: string | undefined; readonly extractable?: boolean | undefined },
  now: number,
): KeyFilter {
  const states = query.state === undefined ? LIVE : (query.state.split(',').map(Number) as KeyRow['state'][]);
  return { instanceId: instance.guid, states, extractable: query.extractable, now };
}

/** Throws INVALID_QUERY for a parameter that would have chosen or ordered keys. Other unknown parameters change nothing. */
export function refuseUnsupported(query: object): void {
  const name = KEY_QUERIES_NOT_SUPPORTED.find((parameter) => parameter in query);
  if (name === undefined) return;
  throw new RootwardError('INVALID_QUERY', {
    message: `Query parameter ${name} is not supported.`,
    hint: 'Read every page and choose there.',
    target: { type: 'query_param', name },
  });
}
