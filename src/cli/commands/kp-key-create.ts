import { RootwardError } from '../../contract/errors.ts';
import { createKey } from '../../contract/keys/create.ts';
import { KEY_TYPE } from '../../contract/keys/key.ts';
import type { Operation } from '../../contract/operation.ts';
import { commandAt } from '../command-path.ts';
import { addOutputFlags, addServerFlags } from '../common-flags.ts';
import { openCall, runOperation } from '../from-operation.ts';
import { addExamples } from '../help-text.ts';
import type { CommandParts } from './command-parts.ts';

/** `kp key create`: the API wants an envelope around the one key. */
export function addKeyCreate({ program, io }: CommandParts): void {
  const command = commandAt(program, ['kp', 'key', 'create'])
    .description(createKey.summary)
    .argument('<name>', 'what people call the key')
    .option('-i, --instance-id <id>', 'GUID of the KMS instance (KP_INSTANCE_ID)')
    .option('-k, --key-material <base64>', 'material to import; generated if absent')
    .option('-s, --standard-key', 'a standard key, whose material can be read, instead of a root key')
    .option('-D, --description <text>', 'what the key is for')
    .option('-a, --aliases <name...>', 'further names, unique in the instance')
    .option('--key-ring <id>', 'the key ring that it goes to; the default one if absent')
    .option('--expiration-date <instant>', 'when the key expires, such as 2030-01-31T12:00:00Z');
  addServerFlags(addOutputFlags(command));
  addExamples(command, [
    'kp key create payments-root -i $KP_INSTANCE_ID',
    'kp key create payments-root -a payments --key-ring payments',
    'kp key create until-2030 --expiration-date 2030-01-01T00:00:00Z',
  ]);
  command.action(async (name: string, flags: Readonly<Record<string, string | boolean | readonly string[] | undefined>>) => {
    const instance = flags.instanceId ?? (io.env.KP_INSTANCE_ID || undefined);
    if (instance === undefined) {
      throw new RootwardError('USAGE', {
        message: '--instance-id is missing.',
        hint: 'Give --instance-id or set KP_INSTANCE_ID.',
      });
    }
    const key = {
      type: KEY_TYPE,
      name,
      extractable: flags.standardKey === true,
      description: flags.description,
      aliases: flags.aliases,
      expirationDate: flags.expirationDate,
      payload: flags.keyMaterial,
    };
    const metadata = { collectionType: KEY_TYPE, collectionTotal: 1 };
    const headers = { 'bluemix-instance': instance, 'x-kms-key-ring': flags.keyRing };
    const input = { headers, body: { metadata, resources: [key] } };
    await runOperation(createKey as unknown as Operation, {}, openCall(flags, input, io));
  });
}
