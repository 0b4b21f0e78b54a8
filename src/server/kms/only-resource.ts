import { RootwardError } from '../../contract/errors.ts';

/** The one resource of a request's envelope. Throws if there is none, more than one, or a count that does not fit. */
export function onlyResource<T>(body: {
  readonly metadata: { readonly collectionTotal?: number | undefined };
  readonly resources: readonly T[];
}): T {
  const [first] = body.resources;
  if (first === undefined || body.resources.length !== 1) {
    throw new RootwardError('BAD_BODY', {
      message: 'resources must contain exactly one element.',
      target: { type: 'field', name: 'resources' },
    });
  }
  const total = body.metadata.collectionTotal;
  if (total !== undefined && total !== 1)
    throw new RootwardError('COLLECTION_TOTAL_MISMATCH', { target: { type: 'field', name: 'metadata.collectionTotal' } });
  return first;
}
