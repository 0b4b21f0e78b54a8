import { listTags } from '../../../contract/search/tags.ts';
import { type Handler, handle, type Resolved } from '../../handler.ts';
import { resolveInstance } from '../instances/find.ts';
import type { ResourceDeps } from '../resource-deps.ts';

const DEFAULT_LIMIT = 100;

/** The tags that an instance was created with. */
export function listTagsHandler(deps: ResourceDeps): Handler {
  return handle(listTags, {
    async resolve(call): Promise<Resolved<readonly string[]>> {
      const { accountId } = call.principal;
      const { attached_to } = call.input.query;
      const found = attached_to === undefined ? undefined : await resolveInstance(deps.store.db, accountId, attached_to);
      if (found && !found.missing) return { target: found.target, record: JSON.parse(found.record.tags) as string[] };
      // What is not there has no tags, and neither has what is somebody else's.
      return { target: { serviceName: 'resource-controller', accountId, resourceType: 'instance' }, record: [] };
    },
    run({ input: { query } }, tags) {
      const { offset = 0, limit = DEFAULT_LIMIT } = query;
      const items = tags.slice(offset, offset + limit).map((name) => ({ name }));
      return { output: { total_count: tags.length, offset, limit, items } };
    },
  });
}
