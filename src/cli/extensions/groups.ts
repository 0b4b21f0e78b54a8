import type { Call, Extension } from '../call.ts';
import { groupByName } from '../tree/names.ts';

/** The API wants the id of a resource group; people write its name. */
async function findGroup({ input, session }: Call): Promise<void> {
  const params = input.params as { id: string };
  params.id = await groupByName(session.client, params.id);
}

export const GROUP_BY_NAME: Extension = { before: findGroup };

export const DELETE_GROUP: Extension = {
  flags: { '-f, --force': 'accepted; nobody is asked here, because only an empty group is deleted' },
  before: findGroup,
  done: 'The resource group is deleted.',
};
