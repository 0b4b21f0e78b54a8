import { RootwardError } from '../../contract/errors.ts';
import type { ResourceInstance } from '../../contract/instances/instance.ts';
import { listInstances } from '../../contract/instances/list.ts';
import type { InputOf } from '../../contract/operation.ts';
import type { Call, Extension } from '../call.ts';
import { confirm, FORCE_FLAG } from '../confirm.ts';
import { VIEWS } from '../output/views.ts';
import { groupByName, instanceByName } from '../tree/names.ts';
import { allowCleanupOf, PARAMETER_FLAGS, parametersOf } from '../tree/parameters-flag.ts';

const PAGE = 100;

/** The API wants a GUID or a CRN; people write names. */
async function findInstance({ input, session }: Call): Promise<void> {
  const params = input.params as { id: string };
  params.id = await instanceByName(session.client, params.id);
}

export async function findGroupOfQuery({ input, session }: Call): Promise<void> {
  const query = input.query as { resource_group_id?: string } | undefined;
  if (query?.resource_group_id === undefined) return;
  query.resource_group_id = await groupByName(session.client, query.resource_group_id);
}

export const BY_NAME: Extension = { before: findInstance };

export const SHOW_INSTANCE: Extension = {
  flags: { '--id': 'only the CRN and the GUID' },
  before: findInstance,
  async after({ flags, io }, answer) {
    if (!flags.id) return { answer, view: VIEWS['instances.get'] };
    const { crn, guid } = answer as ResourceInstance;
    io.out(`${crn} ${guid}\n`);
    return undefined;
  },
};

/** All pages, and only those of a location, which the API does not ask by. */
export const LIST_INSTANCES: Extension = {
  flags: { '--location <location>': 'only in this region' },
  async before(call) {
    await findGroupOfQuery(call);
    call.input.query = { ...(call.input.query as object | undefined), limit: PAGE };
  },
  async after({ flags, input, session }, answer) {
    const { resources, next_url } = answer as {
      readonly resources: readonly ResourceInstance[];
      readonly next_url: string | null;
    };
    const all = [...resources];
    for (let next = next_url; next !== null; ) {
      const start = new URL(next, 'http://server').searchParams.get('start') ?? '';
      const query = { ...(input.query as InputOf<typeof listInstances.input>['query']), start };
      const page = await session.client.call(listInstances, { query });
      all.push(...page.resources);
      next = page.next_url;
    }
    const shown = flags.location === undefined ? all : all.filter(({ region_id }) => region_id === flags.location);
    return { answer: { rows_count: shown.length, next_url: null, resources: shown }, view: VIEWS['instances.list'] };
  },
};

export const UPDATE_INSTANCE: Extension = {
  flags: { ...PARAMETER_FLAGS, '--allow-cleanup [yes]': 'true or false' },
  async before(call) {
    const parameters = parametersOf(call.flags);
    const allow_cleanup = allowCleanupOf(call.flags.allowCleanup);
    const body = {
      ...(call.input.body as object | undefined),
      ...(parameters && { parameters }),
      ...(allow_cleanup !== undefined && { allow_cleanup }),
    };
    if (Object.keys(body).length === 0) {
      throw new RootwardError('USAGE', {
        message: 'Nothing is to be changed.',
        hint: 'Give --name, --parameters or another flag.',
      });
    }
    call.input.body = body;
    await findInstance(call);
  },
};

export const DELETE_INSTANCE: Extension = {
  flags: { '-f, --force': 'accepted; nobody is asked here, because a deleted instance can be restored' },
  before: findInstance,
  done: 'The instance is deleted. Until it is reclaimed it can be restored: rootward resource reclamations.',
};

export const RECLAIM: Extension = {
  flags: FORCE_FLAG,
  before({ flags, input, io }) {
    const { id } = input.params as { readonly id: string };
    const would = `The instance of reclamation ${id} would be destroyed with every key that was in it. Nothing brings them back.`;
    return confirm(io, flags.force, would);
  },
};

/** What was found, and on stderr that there is more. */
export const SEARCH: Extension = {
  async after({ io, quiet }, answer) {
    const { items, limit } = answer as { readonly items: readonly unknown[]; readonly limit: number };
    if (items.length === limit && !quiet) io.err('There may be more: give a larger --limit.\n');
    return { answer, view: VIEWS['search.find'] };
  },
};
