import type { Client } from '../../client/client.ts';
import { RootwardError } from '../../contract/errors.ts';
import { listGroups } from '../../contract/groups/list.ts';
import { listInstances } from '../../contract/instances/list.ts';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const GROUP_ID = /^[0-9a-f]{32}$/i;

/** The GUID or CRN of the instance that is written by either, or by its name. Throws RESOURCE_NOT_FOUND, or USAGE for a name of several. */
export async function instanceByName(client: Client, written: string): Promise<string> {
  if (GUID.test(written) || written.startsWith('crn:')) return written;
  const { resources } = await client.call(listInstances, { query: { name: written } });
  return onlyOne(
    resources.map(({ guid }) => guid),
    `an instance called ${written}`,
    'rootward resource service-instances',
  );
}

/** The id of the resource group that is written by it, or by its name. */
export async function groupByName(client: Client, written: string): Promise<string> {
  if (GROUP_ID.test(written)) return written;
  const { resources } = await client.call(listGroups, { query: { name: written } });
  return onlyOne(
    resources.map(({ id }) => id),
    `a resource group called ${written}`,
    'rootward resource groups',
  );
}

function onlyOne(ids: readonly string[], what: string, list: string): string {
  const [id] = ids;
  if (id === undefined) {
    throw new RootwardError('RESOURCE_NOT_FOUND', {
      message: `There is not ${what} that you may see.`,
      hint: `See \`${list}\`.`,
    });
  }
  if (ids.length === 1) return id;
  throw new RootwardError('USAGE', {
    message: `More than one thing is ${what}.`,
    hint: `Give one of their ids: ${ids.join(', ')}`,
  });
}
