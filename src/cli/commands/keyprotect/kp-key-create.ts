import type { Command } from 'commander';
import { RootwardError } from '../../../contract/errors.ts';
import { createKey } from '../../../contract/keys/creation/create.ts';
import { createKeyWithPolicies } from '../../../contract/keys/creation/create-with-policies.ts';
import { KEY_TYPE } from '../../../contract/keys/key.ts';
import type { Operation } from '../../../contract/operation.ts';
import { addOutputFlags, addServerFlags } from '../../common-flags.ts';
import type { Io } from '../../io.ts';
import { commandAt } from '../../tree/command-path.ts';
import { openCall, runOperation } from '../../tree/from-operation.ts';
import { addExamples } from '../../tree/help-text.ts';
import type { CommandParts } from '../command-parts.ts';
import { addInstanceFlag, instanceOf } from '../instance-flag.ts';
import { addMaterialFlags, type MaterialFlags, materialOf } from './key-material-flags.ts';

interface KeyFlags extends MaterialFlags {
  readonly instanceId?: string;
  readonly keyRing?: string;
  readonly standardKey?: boolean;
  readonly description?: string;
  readonly aliases?: readonly string[];
  readonly expirationDate?: string;
}

interface PolicyFlags {
  readonly dualAuthDeletePolicyEnabled?: boolean;
  readonly rotationIntervalMonth?: string;
}

/** `kp key create` and `kp key create-key-with-policy-overrides`: the API wants an envelope around the one key. */
export function addKeyCreate({ program, io }: CommandParts): void {
  const plain = addKeyFlags(commandAt(program, ['kp', 'key', 'create']).description(createKey.summary));
  addExamples(addServerFlags(addOutputFlags(plain)), [
    'kp key create payments-root -i $KP_INSTANCE_ID',
    'kp key create payments-root -a payments --key-ring payments',
    'kp key create until-2030 --expiration-date 2030-01-01T00:00:00Z',
  ]);
  plain.action((name: string, flags: KeyFlags) => create(createKey as unknown as Operation, name, flags, {}, io));

  const withPolicies = addKeyFlags(
    commandAt(program, ['kp', 'key', 'create-key-with-policy-overrides']).description(createKeyWithPolicies.summary),
  )
    .option('-d, --dual-auth-delete-policy-enabled', 'two people have to agree before the key is deleted')
    .option('-m, --rotation-interval-month <months>', 'rotate by itself after so many months, 1 to 12');
  addExamples(addServerFlags(addOutputFlags(withPolicies)), [
    'kp key create-key-with-policy-overrides payments-root -m 3',
    'kp key create-key-with-policy-overrides payments-root -d -a payments',
  ]);
  withPolicies.action((name: string, flags: KeyFlags & PolicyFlags) =>
    create(createKeyWithPolicies as unknown as Operation, name, flags, policiesOf(flags), io),
  );
}

function addKeyFlags(command: Command): Command {
  command.argument('<name>', 'what people call the key');
  return addMaterialFlags(addInstanceFlag(command))
    .option('-s, --standard-key', 'a standard key, whose material can be read, instead of a root key')
    .option('-D, --description <text>', 'what the key is for')
    .option('-a, --aliases <name...>', 'further names, unique in the instance')
    .option('--key-ring <id>', 'the key ring that it goes to; the default one if absent')
    .option('--expiration-date <instant>', 'when the key expires, such as 2030-01-31T12:00:00Z');
}

async function create(operation: Operation, name: string, flags: KeyFlags, policies: object, io: Io): Promise<void> {
  const key = {
    type: KEY_TYPE,
    name,
    extractable: flags.standardKey === true,
    description: flags.description,
    aliases: flags.aliases,
    expirationDate: flags.expirationDate,
    ...materialOf(flags),
    ...policies,
  };
  const headers = { 'bluemix-instance': instanceOf(flags.instanceId, io), 'x-kms-key-ring': flags.keyRing };
  const body = { metadata: { collectionType: KEY_TYPE, collectionTotal: 1 }, resources: [key] };
  await runOperation(operation, {}, openCall({ ...flags }, { headers, body }, io));
}

function policiesOf({ dualAuthDeletePolicyEnabled, rotationIntervalMonth: months }: PolicyFlags): object {
  if (months !== undefined && !/^\d{1,2}$/.test(months)) {
    throw new RootwardError('USAGE', { message: '--rotation-interval-month must be a whole number from 1 to 12.' });
  }
  return {
    ...(dualAuthDeletePolicyEnabled && { dualAuthDelete: { enabled: true } }),
    ...(months !== undefined && { rotation: { enabled: true, interval_month: Number(months) } }),
  };
}
