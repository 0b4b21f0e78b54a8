import { AUTHORIZATION_DELEGATOR, ROLES } from '../../contract/actions.ts';
import { RootwardError } from '../../contract/errors.ts';
import type { Operation } from '../../contract/operation.ts';
import { createPolicy } from '../../contract/policies/create.ts';
import { listPolicies } from '../../contract/policies/list.ts';
import type { PolicyAttribute } from '../../contract/policies/policy.ts';
import { commandAt } from '../command-path.ts';
import { addOutputFlags, addServerFlags } from '../common-flags.ts';
import { openCall, runOperation } from '../from-operation.ts';
import { addExamples } from '../help-text.ts';
import { AUTHORIZATION_LIST } from '../output/views.ts';
import type { CommandParts } from './command-parts.ts';

type Flags = Readonly<Record<string, string | undefined>>;

/** `iam authorization-policy-create` and `iam authorization-policies`. */
export function addAuthorizationPolicies(parts: CommandParts): void {
  addCreate(parts);
  addList(parts);
}

function addCreate({ program, io }: CommandParts): void {
  const command = commandAt(program, ['iam', 'authorization-policy-create'])
    .description('Let one service use another: a service authorization')
    .argument('<source>', 'service that calls, such as containers-kubernetes')
    .argument('<target>', 'service that is called: kms or hs-crypto')
    .argument('<roles>', 'comma list of role names, such as "Reader,Authorization Delegator"')
    .option('--source-service-account <id>', 'account of the source, if it is another one')
    .option('--source-service-instance-id <guid>', 'only this instance of the source, such as a cluster id')
    .option('--source-resource-group-id <id>', 'only instances of this resource group of the source')
    .option('--target-service-instance-id <guid>', 'only this instance of the target')
    .option('--target-resource-group-id <id>', 'only instances of this resource group of the target')
    .option('--target-resource-type <type>', 'only resources of this type, such as key')
    .option('--target-resource <id>', 'only this resource of the target');
  addServerFlags(addOutputFlags(command));
  addExamples(command, [
    'iam authorization-policy-create containers-kubernetes kms Reader',
    'iam authorization-policy-create containers-kubernetes kms "Reader,Authorization Delegator" --target-service-instance-id GUID',
  ]);
  command.action(async (source: string, target: string, roles: string, flags: Flags) => {
    const roleIds = roles.split(',').map((name) => ({ role_id: roleCrn(target, name) }));
    const call = openCall(flags, {}, io);
    const account = await call.session.account();
    const subject = attributes({
      accountId: flags.sourceServiceAccount ?? account.id,
      serviceName: source,
      serviceInstance: flags.sourceServiceInstanceId,
      resourceGroupId: flags.sourceResourceGroupId,
    });
    const resource = attributes({
      accountId: account.id,
      serviceName: target,
      serviceInstance: flags.targetServiceInstanceId,
      resourceGroupId: flags.targetResourceGroupId,
      resourceType: flags.targetResourceType,
      resource: flags.targetResource,
    });
    const body = {
      type: 'authorization',
      subjects: [{ attributes: subject }],
      roles: roleIds,
      resources: [{ attributes: resource }],
    };
    await runOperation(createPolicy as unknown as Operation, {}, { ...call, input: { body } });
  });
}

function addList({ program, io }: CommandParts): void {
  const command = commandAt(program, ['iam', 'authorization-policies']).description(
    'List the service authorizations that you may see',
  );
  addServerFlags(addOutputFlags(command));
  addExamples(command, ['iam authorization-policies', 'iam authorization-policies --output json']);
  command.action(async (flags: Flags) => {
    const call = openCall(flags, { query: { type: 'authorization' } }, io);
    const after = async (_call: unknown, answer: unknown) => ({ answer, view: AUTHORIZATION_LIST });
    await runOperation(listPolicies as unknown as Operation, { after }, call);
  });
}

function attributes(values: Readonly<Record<string, string | undefined>>): PolicyAttribute[] {
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}

/** People write the name that they see; spaces and case do not matter. A CRN is taken as it is. */
function roleCrn(service: string, name: string): string {
  const plain = (text: string) => text.replaceAll(/\s/g, '').toLowerCase();
  const wanted = plain(name);
  if (wanted.startsWith('crn:')) return name.trim();
  if (wanted === 'authorizationdelegator') return AUTHORIZATION_DELEGATOR;
  const known = (ROLES[service] ?? []).filter(({ kind }) => kind === 'service');
  const role = known.find(({ displayName }) => plain(displayName) === wanted);
  if (role) return role.crn;
  const names = [...known.map(({ displayName }) => displayName), 'Authorization Delegator'];
  throw new RootwardError('ROLE_NOT_FOUND', {
    message:
      known.length > 0 ? `${service} has no role "${name.trim()}".` : `There is no service ${service} that can be authorized.`,
    hint: known.length > 0 ? `Its roles are ${names.join(', ')}.` : 'Services are kms and hs-crypto.',
  });
}
