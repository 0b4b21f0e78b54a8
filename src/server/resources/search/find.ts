import { RootwardError } from '../../../contract/errors.ts';
import { type FoundItem, findResources } from '../../../contract/search/find.ts';
import type { InstanceState } from '../../../store/instances.ts';
import { type Handler, handle } from '../../handler.ts';
import type { ResourceDeps } from '../resource-deps.ts';
import { formatCursor, parseCursor, type Question } from './cursor.ts';
import { candidates, type Place } from './documents.ts';
import { matches } from './matches.ts';
import { parseQuery } from './parse-query.ts';
import { pickFields } from './pick-fields.ts';

const DEFAULT_LIMIT = 10;

type Choice = 'true' | 'false' | 'any' | undefined;

/** Finds what the query asks for among what the caller may see. */
export function findResourcesHandler(deps: ResourceDeps): Handler {
  return handle(findResources, {
    resolve(call) {
      const { accountId } = call.principal;
      const { account_id, sort } = call.input.query;
      if (account_id !== undefined && account_id !== accountId) throw new RootwardError('ACCOUNT_MISMATCH');
      if (sort !== undefined) {
        throw new RootwardError('NOT_SUPPORTED', {
          message: 'The search does not sort: what it finds comes in the order of ids.',
        });
      }
      return { target: { serviceName: 'resource-controller', accountId, resourceType: 'instance' }, record: accountId };
    },
    async run(call, accountId) {
      const { query, body } = call.input;
      const question: Question =
        body.search_cursor === undefined
          ? { query: body.query ?? '*', fields: body.fields, states: statesOf(query), after: undefined }
          : parseCursor(body.search_cursor);
      const condition = parseQuery(question.query);
      const limit = query.limit ?? DEFAULT_LIMIT;
      const items: FoundItem[] = [];
      let last: Place | undefined;
      for await (const found of candidates(deps.store.db, { ...question, accountId }, deps.origin())) {
        if (!matches(found.document, condition)) continue;
        const { allowed } = await deps.decide(call.principal, found.action, found.target);
        if (!allowed) continue;
        items.push(pickFields(found.document, question.fields));
        last = found.place;
        if (items.length === limit) break;
      }
      // An empty page is the end for whoever asks on and on: without a cursor he would begin anew.
      const search_cursor = last && formatCursor({ ...question, after: last });
      return { output: { limit, items, ...(search_cursor !== undefined && { search_cursor }) } };
    },
  });
}

/** Deleted instances are found only by who asks for them. */
function statesOf({
  is_deleted,
  is_reclaimed,
}: {
  readonly is_deleted?: Choice;
  readonly is_reclaimed?: Choice;
}): InstanceState[] {
  const states: InstanceState[] = [];
  if (is_deleted !== 'true' && is_reclaimed !== 'true') states.push('active');
  if (is_reclaimed === 'true' || is_reclaimed === 'any') states.push('pending_reclamation');
  if (is_deleted === 'true' || is_deleted === 'any') states.push('removed');
  return states;
}
