import { RootwardError } from '../../../contract/errors.ts';
import { POLICY_TYPE } from '../../../contract/instance-policies/instance-policy.ts';
import { getKeyPolicies } from '../../../contract/key-policies/get.ts';
import { putKeyPolicies } from '../../../contract/key-policies/put.ts';
import type { Operation } from '../../../contract/operation.ts';
import { addOutputFlags, addServerFlags } from '../../common-flags.ts';
import { commandAt } from '../../tree/command-path.ts';
import { openCall, runOperation } from '../../tree/from-operation.ts';
import { addExamples } from '../../tree/help-text.ts';
import type { CommandParts } from '../command-parts.ts';
import { addInstanceFlag, instanceOf } from '../instance-flag.ts';

interface KeyFlags {
  readonly instanceId?: string;
  readonly keyRing?: string;
}
interface Choice extends KeyFlags {
  readonly dualAuth?: boolean;
  readonly rotation?: boolean;
}
interface RotationFlags extends KeyFlags {
  readonly monthlyInterval?: string;
  readonly enable?: boolean;
  readonly disable?: boolean;
}

/** `kp key policies` and `kp key policy-update …`. */
export function addKeyPolicies(parts: CommandParts): void {
  addShow(parts);
  addDualAuthDelete(parts);
  addRotation(parts);
}

function keyCommand({ program }: CommandParts, words: readonly string[], summary: string) {
  const command = commandAt(program, ['kp', 'key', ...words])
    .description(summary)
    .argument('<key-id>', 'id or alias of the key');
  return addInstanceFlag(command).option('--key-ring <id>', 'only in this key ring');
}

function addShow(parts: CommandParts): void {
  const command = keyCommand(parts, ['policies'], getKeyPolicies.summary)
    .option('-d, --dual-auth', 'only whether two people delete the key')
    .option('-r, --rotation', 'only its rotation');
  addExamples(addServerFlags(addOutputFlags(command)), ['kp key policies payments', 'kp key policies payments --rotation']);
  command.action(async (id: string, flags: Choice) => {
    const policy = flags.dualAuth === flags.rotation ? undefined : flags.rotation ? 'rotation' : 'dualAuthDelete';
    const input = { ...inputOf(id, flags, parts), query: policy === undefined ? {} : { policy } };
    await runOperation(getKeyPolicies as unknown as Operation, {}, openCall({ ...flags }, input, parts.io));
  });
}

function addDualAuthDelete(parts: CommandParts): void {
  const command = keyCommand(parts, ['policy-update', 'dual-auth-delete'], 'Let two people delete a key; this cannot be undone')
    .option('-e, --enable', 'two people from now on')
    .option('-d, --disable', 'say that one is enough; refused where it was two before');
  addExamples(addServerFlags(addOutputFlags(command)), ['kp key policy-update dual-auth-delete payments --enable']);
  command.action(async (id: string, flags: KeyFlags & RotationFlags) => {
    if (flags.enable === flags.disable) throw new RootwardError('USAGE', { message: 'Say --enable or --disable.' });
    await put(id, flags, { dualAuthDelete: { enabled: flags.enable === true } }, parts);
  });
}

function addRotation(parts: CommandParts): void {
  const command = keyCommand(parts, ['policy-update', 'rotation'], 'Set after how many months a key is rotated by itself')
    .option('-m, --monthly-interval <months>', '1 to 12; turns the policy on unless --disable is said')
    .option('--enable', 'rotate it; the interval stays if none is said')
    .option('--disable', 'do not rotate it; the interval is kept for later');
  addExamples(addServerFlags(addOutputFlags(command)), [
    'kp key policy-update rotation payments -m 3',
    'kp key policy-update rotation payments --disable',
  ]);
  command.action(async (id: string, flags: RotationFlags) => {
    if (flags.enable && flags.disable) throw new RootwardError('USAGE', { message: 'Say --enable or --disable, not both.' });
    const enabled = flags.enable ? true : flags.disable ? false : undefined;
    if (enabled === undefined && flags.monthlyInterval === undefined) {
      throw new RootwardError('USAGE', { message: 'Say --monthly-interval, --enable or --disable.' });
    }
    const months = monthsOf(flags.monthlyInterval);
    const rotation = { ...(enabled !== undefined && { enabled }), ...(months !== undefined && { interval_month: months }) };
    await put(id, flags, { rotation }, parts);
  });
}

/** Whether it is one of the allowed numbers, the server says. Throws USAGE for what is none. */
export function monthsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^-?\d{1,4}$/.test(text)) return Number(text);
  throw new RootwardError('USAGE', { message: '--monthly-interval must be a number of months.' });
}

async function put(id: string, flags: KeyFlags, policy: object, parts: CommandParts): Promise<void> {
  const metadata = { collectionType: POLICY_TYPE, collectionTotal: 1 };
  const body = { metadata, resources: [{ type: POLICY_TYPE, ...policy }] };
  const query = { policy: Object.keys(policy)[0] };
  const input = { ...inputOf(id, flags, parts), query, body };
  await runOperation(putKeyPolicies as unknown as Operation, {}, openCall({ ...flags }, input, parts.io));
}

function inputOf(id: string, flags: KeyFlags, { io }: CommandParts) {
  return {
    params: { id },
    headers: { 'bluemix-instance': instanceOf(flags.instanceId, io), 'x-kms-key-ring': flags.keyRing },
  };
}
