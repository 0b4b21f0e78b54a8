import type { Client } from '../../client/client.ts';
import { listClusters } from '../../contract/clusters/list.ts';
import { RootwardError } from '../../contract/errors.ts';
import type { Operation } from '../../contract/operation.ts';
import { createPolicy } from '../../contract/policies/create.ts';
import { createPolicyV2 } from '../../contract/policies/create-v2.ts';
import { listPolicies } from '../../contract/policies/list.ts';
import type { CommandParts } from '../commands/command-parts.ts';
import { addOutputFlags, addServerFlags } from '../common-flags.ts';
import { AUTHORIZATION_LIST, VIEWS } from '../output/views.ts';
import { commandAt } from '../tree/command-path.ts';
import { openCall, runOperation } from '../tree/from-operation.ts';
import { addExamples } from '../tree/help-text.ts';
import { instanceByName } from '../tree/names.ts';
import { conditionsOf, policyFile } from './conditions.ts';
import { rolesByName } from './role-names.ts';

type Flags = Readonly<Record<string, string | undefined>>;

/** `iam authorization-policy-create` and `iam authorization-policies`. */
export function addAuthorizationPolicies(parts: CommandParts): void {
  addCreate(parts);
  addList(parts);
}

function addCreate({ program, io }: CommandParts): void {
  const command = commandAt(program, ['iam', 'authorization-policy-create'])
    .description('Let one service use another: a service authorization')
    .argument('[source]', 'service that calls, such as containers-kubernetes')
    .argument('[target]', 'service that is called: kms or hs-crypto')
    .argument('[roles]', 'comma list of role names, such as "Reader,Authorization Delegator"')
    .option('--source-service-account <id>', 'account of the source, if it is another one')
    .option('--source-service-instance-name <name>', 'only this instance of the source, such as a cluster')
    .option('--source-service-instance-id <guid>', 'the same by its id')
    .option('--source-resource-group-id <id>', 'only instances of this resource group of the source')
    .option('--source-region <region>', 'only instances of the source in this region')
    .option('--source-resource-type <type>', 'only resources of this type of the source')
    .option('--source-resource <id>', 'only this resource of the source')
    .option('--target-service-instance-name <name>', 'only this instance of the target')
    .option('--target-service-instance-id <guid>', 'the same by its id')
    .option('--target-resource-group-id <id>', 'only instances of this resource group of the target')
    .option('--target-region <region>', 'only instances of the target in this region')
    .option('--target-key-ring <id>', 'only keys of this key ring')
    .option('--target-resource-type <type>', 'only resources of this type, such as key')
    .option('--target-resource <id>', 'only this resource of the target')
    .option('--file <json>', 'file with the whole policy, instead of words and flags');
  addServerFlags(addOutputFlags(command));
  addExamples(command, [
    'iam authorization-policy-create containers-kubernetes kms Reader',
    'iam authorization-policy-create containers-kubernetes kms "Reader,Authorization Delegator" --target-service-instance-name payments-kms',
    'iam authorization-policy-create --file authorization.json --output json',
  ]);
  command.action(async (source: string | undefined, target: string | undefined, roles: string | undefined, flags: Flags) => {
    const call = openCall(flags, {}, io);
    const { file } = flags;
    if (file !== undefined) {
      if (source !== undefined) throw new RootwardError('USAGE', { message: 'Give either --file or source, target and roles.' });
      const body = policyFile(file, io.cwd);
      const operation = 'control' in body ? createPolicyV2 : createPolicy;
      await runOperation(operation as unknown as Operation, SHOWN, { ...call, input: { body } });
      return;
    }
    if (source === undefined || target === undefined || roles === undefined) {
      throw new RootwardError('USAGE', { message: 'Source, target and roles are needed, or --file.' });
    }
    const { client } = call.session;
    const account = await call.session.account();
    const grant = { roles: await rolesByName(client, roles, { service: target, source }) };
    const subject = conditionsOf({
      accountId: flags.sourceServiceAccount ?? account.id,
      serviceName: source,
      serviceInstance: await sourceInstance(client, source, flags),
      resourceGroupId: flags.sourceResourceGroupId,
      region: flags.sourceRegion,
      resourceType: flags.sourceResourceType,
      resource: flags.sourceResource,
    });
    const name = flags.targetServiceInstanceName;
    const resource = conditionsOf({
      accountId: account.id,
      serviceName: target,
      serviceInstance: flags.targetServiceInstanceId ?? (name === undefined ? undefined : await guidOf(client, name)),
      resourceGroupId: flags.targetResourceGroupId,
      region: flags.targetRegion,
      keyRing: flags.targetKeyRing,
      resourceType: flags.targetResourceType,
      resource: flags.targetResource,
    });
    const body = {
      type: 'authorization',
      subject: { attributes: subject },
      resource: { attributes: resource },
      control: { grant },
    };
    await runOperation(createPolicyV2 as unknown as Operation, SHOWN, { ...call, input: { body } });
  });
}

const SHOWN = {
  after: async (_call: unknown, answer: unknown) => ({ answer, view: VIEWS['policies.create'] }),
};

/** The instance that the source is narrowed to: a cluster by its name, anything else as a resource instance. */
async function sourceInstance(client: Client, source: string, flags: Flags): Promise<string | undefined> {
  const name = flags.sourceServiceInstanceName;
  if (flags.sourceServiceInstanceId !== undefined || name === undefined) return flags.sourceServiceInstanceId;
  if (source !== 'containers-kubernetes') return guidOf(client, name);
  const found = (await client.call(listClusters, { headers: {}, query: {} })).filter((cluster) => cluster.name === name);
  const [cluster] = found;
  if (cluster) return cluster.id;
  throw new RootwardError('CLUSTER_NOT_FOUND', {
    message: `There is no cluster called ${name} that you may see.`,
    hint: 'A cluster of another account is named by its id: --source-service-instance-id.',
  });
}

/** A CRN names the instance by its eighth part. */
async function guidOf(client: Client, name: string): Promise<string> {
  const found = await instanceByName(client, name);
  return found.startsWith('crn:') ? (found.split(':')[7] ?? found) : found;
}

function addList({ program, io }: CommandParts): void {
  const command = commandAt(program, ['iam', 'authorization-policies'])
    .description('List the service authorizations that you may see')
    .option('--source-service <name>', 'only those of this source')
    .option('--target-service <name>', 'only those of this target');
  addServerFlags(addOutputFlags(command));
  addExamples(command, [
    'iam authorization-policies',
    'iam authorization-policies --source-service containers-kubernetes --target-service kms --output json',
  ]);
  command.action(async (flags: Flags) => {
    const query = {
      type: 'authorization',
      ...(flags.sourceService !== undefined && { source_service_name: flags.sourceService }),
      ...(flags.targetService !== undefined && { service_name: flags.targetService }),
    };
    const after = async (_call: unknown, answer: unknown) => ({ answer, view: AUTHORIZATION_LIST });
    await runOperation(listPolicies as unknown as Operation, { after }, openCall(flags, { query }, io));
  });
}
