import type { Command } from 'commander';
import { RootwardError } from '../../../contract/errors.ts';
import { getInstancePolicies } from '../../../contract/instance-policies/get.ts';
import { type InstancePolicyType, POLICY_TYPE } from '../../../contract/instance-policies/instance-policy.ts';
import { putInstancePolicies } from '../../../contract/instance-policies/put.ts';
import type { Operation } from '../../../contract/operation.ts';
import { addOutputFlags, addServerFlags } from '../../common-flags.ts';
import { VIEWS } from '../../output/views.ts';
import { commandAt } from '../../tree/command-path.ts';
import { openCall, runOperation } from '../../tree/from-operation.ts';
import { addExamples } from '../../tree/help-text.ts';
import type { CommandParts } from '../command-parts.ts';
import { addInstanceFlag, instanceOf } from '../instance-flag.ts';
import { monthsOf } from './kp-key-policies.ts';

interface Flags {
  readonly instanceId?: string;
  readonly enable?: boolean;
  readonly disable?: boolean;
  readonly networkType?: string;
  readonly allowedIp?: readonly string[];
  readonly monthlyInterval?: string;
}

interface Update {
  readonly type: InstancePolicyType;
  readonly verb: string;
  readonly summary: string;
  readonly example: string;
  /** Its own flags, if it has any. */
  readonly addFlags?: (command: Command) => Command;
  /** What the flags say; sent only with a policy that is turned on. */
  readonly attributes?: (flags: Flags & Readonly<Record<string, unknown>>) => object;
  /** Said when it has been turned on. */
  readonly caution?: string;
}

const CAUTION =
  'Requests that the policy does not allow are refused from now on, also yours. The way back, on the machine of the server: rootward kp instance policy-reset --network';

const CREATION_FLAGS = {
  createRootKey: ['--create-root-key <true|false>', 'root keys may be created'],
  createStandardKey: ['--create-standard-key <true|false>', 'standard keys may be created'],
  importRootKey: ['--import-root-key <true|false>', 'root keys may be imported'],
  importStandardKey: ['--import-standard-key <true|false>', 'standard keys may be imported'],
  enforceToken: ['--enforce-token <true|false>', 'material comes in only by an import token'],
} as const;
const CREATION_ATTRIBUTES = {
  createRootKey: 'create_root_key',
  createStandardKey: 'create_standard_key',
  importRootKey: 'import_root_key',
  importStandardKey: 'import_standard_key',
  enforceToken: 'enforce_token',
} as const;

const UPDATES: readonly Update[] = [
  {
    type: 'allowedNetwork',
    verb: 'allowed-network',
    summary: 'Say which networks may use the instance',
    example: 'kp instance policy-update allowed-network --enable --network-type private-only',
    addFlags: (command) => command.option('-t, --network-type <type>', 'public-and-private or private-only'),
    attributes: ({ networkType }) => ({ allowed_network: given(networkType, '--network-type') }),
    caution: CAUTION,
  },
  {
    type: 'allowedIP',
    verb: 'allowed-ip',
    summary: 'Say which addresses of the public network may use the instance',
    example: 'kp instance policy-update allowed-ip --enable --allowed-ip 192.0.2.0/24 2001:db8::/32',
    addFlags: (command) => command.option('-p, --allowed-ip <cidr...>', 'networks, such as 192.0.2.0/24'),
    attributes: ({ allowedIp }) => ({ allowed_ip: given(allowedIp, '--allowed-ip') }),
    caution: CAUTION,
  },
  {
    type: 'dualAuthDelete',
    verb: 'dual-auth-delete',
    summary: 'Let two people delete keys that are made from now on',
    example: 'kp instance policy-update dual-auth-delete --enable',
  },
  {
    type: 'keyCreateImportAccess',
    verb: 'key-create-import-access',
    summary: 'Say which kinds of keys may be created and imported',
    example: 'kp instance policy-update key-create-import-access --enable --enforce-token true',
    addFlags: (command) => Object.values(CREATION_FLAGS).reduce((made, [syntax, help]) => made.option(syntax, help), command),
    attributes: creationAttributes,
  },
  {
    type: 'metrics',
    verb: 'metrics',
    summary: 'Show requests and their duration for this instance among the metrics of the server',
    example: 'kp instance policy-update metrics --enable',
  },
  {
    type: 'rotation',
    verb: 'rotation',
    summary: 'Rotate generated root keys that are made from now on by themselves',
    example: 'kp instance policy-update rotation --enable --monthly-interval 3',
    addFlags: (command) => command.option('-m, --monthly-interval <months>', '1 to 12'),
    attributes: ({ monthlyInterval }) => ({ interval_month: monthsOf(given(monthlyInterval, '--monthly-interval')) }),
  },
];

/** Flags that choose a kind of policy in `kp instance policies`. */
const CHOICES: readonly (readonly [string, string, InstancePolicyType])[] = [
  ['-p, --allowed-ip', 'allowedIp', 'allowedIP'],
  ['-a, --allowed-network', 'allowedNetwork', 'allowedNetwork'],
  ['-d, --dual-auth-delete', 'dualAuthDelete', 'dualAuthDelete'],
  ['-k, --key-create-import-access', 'keyCreateImportAccess', 'keyCreateImportAccess'],
  ['-m, --metrics', 'metrics', 'metrics'],
  ['-r, --rotation', 'rotation', 'rotation'],
];

/** `kp instance policies` and `kp instance policy-update …`. */
export function addInstancePolicies(parts: CommandParts): void {
  addShow(parts);
  for (const update of UPDATES) addUpdate(parts, update);
}

function addShow({ program, io }: CommandParts): void {
  const command = addInstanceFlag(commandAt(program, ['kp', 'instance', 'policies']).description(getInstancePolicies.summary));
  for (const [syntax, , type] of CHOICES) command.option(syntax, `only ${type}`);
  addExamples(addServerFlags(addOutputFlags(command)), ['kp instance policies', 'kp instance policies --allowed-network']);
  command.action(async (flags: Flags & Readonly<Record<string, unknown>>) => {
    const chosen = CHOICES.filter(([, name]) => flags[name] === true).map(([, , type]) => type as string);
    const [only] = chosen;
    const query = chosen.length === 1 ? { policy: only } : {};
    const headers = { 'bluemix-instance': instanceOf(flags.instanceId, io) };
    // The server chooses one kind or all; several are chosen here.
    const after = async (_call: unknown, answer: unknown) => {
      const { metadata, resources } = answer as { metadata: object; resources: readonly { policy_type: string }[] };
      const shown = chosen.length === 0 ? resources : resources.filter(({ policy_type }) => chosen.includes(policy_type));
      const counted = { ...metadata, collectionTotal: shown.length };
      return { answer: { metadata: counted, resources: shown }, view: VIEWS[getInstancePolicies.name] };
    };
    await runOperation(getInstancePolicies as unknown as Operation, { after }, openCall(flags, { headers, query }, io));
  });
}

function addUpdate({ program, io }: CommandParts, update: Update): void {
  const command = addInstanceFlag(
    commandAt(program, ['kp', 'instance', 'policy-update', update.verb]).description(update.summary),
  )
    .option('-e, --enable', 'turn the policy on')
    .option('-d, --disable', 'turn the policy off; it stays listed');
  update.addFlags?.(command);
  addExamples(addServerFlags(addOutputFlags(command)), [update.example]);
  command.action(async (flags: Flags & Readonly<Record<string, unknown>>) => {
    if (flags.enable === flags.disable) throw new RootwardError('USAGE', { message: 'Say --enable or --disable.' });
    const enabled = flags.enable === true;
    const attributes = enabled ? update.attributes?.(flags) : undefined;
    const policy = { policy_type: update.type, policy_data: { enabled, ...(attributes && { attributes }) } };
    const input = {
      headers: { 'bluemix-instance': instanceOf(flags.instanceId, io) },
      query: { policy: update.type },
      body: { metadata: { collectionType: POLICY_TYPE, collectionTotal: 1 }, resources: [policy] },
    };
    const done = `The policy is ${enabled ? 'on' : 'off'}.${enabled && update.caution ? ` ${update.caution}` : ''}`;
    await runOperation(putInstancePolicies as unknown as Operation, { done }, openCall(flags, input, io));
  });
}

function creationAttributes(flags: Readonly<Record<string, unknown>>): object {
  const said = Object.entries(CREATION_ATTRIBUTES).flatMap(([flag, attribute]) => {
    const value = flags[flag];
    if (value === undefined) return [];
    if (value !== 'true' && value !== 'false') {
      throw new RootwardError('USAGE', { message: `--${attribute.replaceAll('_', '-')} must be true or false.` });
    }
    return [[attribute, value === 'true'] as const];
  });
  if (said.length > 0) return Object.fromEntries(said);
  throw new RootwardError('USAGE', {
    message: 'Say at least one of the kinds of keys.',
    hint: 'For example --import-standard-key false. What is not said keeps its default.',
  });
}

function given<T>(value: T | undefined, flag: string): T {
  if (value !== undefined) return value;
  throw new RootwardError('USAGE', { message: `${flag} is missing: the policy cannot be turned on without it.` });
}
