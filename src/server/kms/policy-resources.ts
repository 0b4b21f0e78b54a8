import { RootwardError } from '../../contract/errors.ts';

/**
 * The policies that a request sets, each with its kind. Throws where the count does not fit, a kind comes twice, or the query parameter
 * `policy` names another kind than the body.
 */
export function policyResources<Resource, Type extends string>(
  body: {
    readonly metadata: { readonly collectionTotal?: number | undefined };
    readonly resources: readonly Resource[];
  },
  asked: Type | undefined,
  typeOf: (resource: Resource) => Type,
): Map<Type, Resource> {
  const { resources } = body;
  if (asked !== undefined && resources.length !== 1)
    throw new RootwardError('POLICY_RESOURCE_COUNT', { target: { type: 'query_param', name: 'policy' } });
  if (resources.length === 0) {
    throw new RootwardError('BAD_BODY', {
      message: 'resources must contain at least one policy.',
      target: { type: 'field', name: 'resources' },
    });
  }
  const total = body.metadata.collectionTotal;
  if (total !== undefined && total !== resources.length)
    throw new RootwardError('COLLECTION_TOTAL_MISMATCH', { target: { type: 'field', name: 'metadata.collectionTotal' } });
  const found = new Map<Type, Resource>();
  for (const resource of resources) {
    const type = typeOf(resource);
    if (asked !== undefined && type !== asked) {
      throw new RootwardError('POLICY_QUERY_MISMATCH', {
        message: `The body holds the policy ${type}, and the query parameter names ${asked}.`,
        target: { type: 'query_param', name: 'policy' },
      });
    }
    if (found.has(type)) {
      throw new RootwardError('BAD_BODY', {
        message: `resources contain the policy ${type} more than once.`,
        target: { type: 'field', name: 'resources' },
      });
    }
    found.set(type, resource);
  }
  return found;
}
