import type { Command } from 'commander';
import type { Client } from '../../client/client.ts';
import { RootwardError } from '../../contract/errors.ts';
import { groupByName, instanceByName } from '../tree/names.ts';
import { type CliCondition, conditionsOf, namedValues } from './conditions.ts';

export type AccessFlags = Readonly<{
  roles?: string;
  serviceName?: string;
  serviceInstance?: string;
  region?: string;
  resourceType?: string;
  resource?: string;
  keyRing?: string;
  resourceGroupId?: string;
  resourceGroupName?: string;
  accountManagement?: boolean;
  attributes?: string;
  file?: string;
}>;

/** The flags by which the commands of access policies say what a policy is about. */
export function addAccessFlags(command: Command): Command {
  return command
    .option('--roles <names>', 'comma list of role names')
    .option('--service-name <name>', 'service that the policy is about; all services if absent')
    .option('--service-instance <instance>', 'only this instance, by name or GUID; a cluster by its id')
    .option('--region <region>', 'only in this region')
    .option('--resource-type <type>', 'only resources of this type, such as key')
    .option('--resource <id>', 'only this resource')
    .option('--key-ring <id>', 'only keys of this key ring')
    .option('--resource-group-id <id>', 'only instances of this resource group')
    .option('--resource-group-name <name>', 'the same by its name')
    .option('--account-management', 'all account management services instead of all services')
    .option('--attributes <list>', 'further conditions: name=value,name=value; * and ? make a pattern')
    .option('--file <json>', 'file with the policy, instead of flags');
}

/** The conditions that the flags say, or undefined if they say none. Throws USAGE where they contradict each other. */
export async function resourceOf(client: Client, flags: AccessFlags): Promise<CliCondition[] | undefined> {
  const group =
    flags.resourceGroupId ??
    (flags.resourceGroupName === undefined ? undefined : await groupByName(client, flags.resourceGroupName));
  const given = {
    serviceName: flags.serviceName,
    serviceInstance: await instanceOf(client, flags),
    region: flags.region,
    resourceType: flags.resourceType,
    resource: flags.resource,
    keyRing: flags.keyRing,
    resourceGroupId: group,
    ...namedValues(flags.attributes, '--attributes'),
  };
  const conditions = conditionsOf(given);
  if (flags.accountManagement === true && given.serviceName !== undefined) {
    throw new RootwardError('USAGE', { message: 'Give either --account-management or --service-name.' });
  }
  if (conditions.length === 0 && flags.accountManagement !== true) return undefined;
  const isAbout = conditions.some(({ key }) => key === 'serviceName' || key === 'serviceType' || key === 'resourceGroupId');
  const kind = flags.accountManagement === true ? 'platform_service' : isAbout ? undefined : 'service';
  return [...conditionsOf({ serviceType: kind }), ...conditions];
}

/** Only instances of a KMS have a name that the resource controller knows. */
async function instanceOf(client: Client, { serviceName, serviceInstance }: AccessFlags): Promise<string | undefined> {
  if (serviceInstance === undefined || (serviceName !== 'kms' && serviceName !== 'hs-crypto')) return serviceInstance;
  if (/[*?]/.test(serviceInstance)) return serviceInstance;
  const found = await instanceByName(client, serviceInstance);
  return found.startsWith('crn:') ? found.split(':')[7] : found;
}
