import type { Operation } from '../operation.ts';

type CliOptions = NonNullable<NonNullable<Operation['cli']>['options']>;

/** The flag of every command of the key service. */
export const INSTANCE_OPTION = {
  '-i, --instance-id <id>': { into: 'headers.bluemix-instance', help: 'GUID of the KMS instance (KP_INSTANCE_ID)' },
} as const satisfies CliOptions;

/** The flags of every command that takes a key or keys: they are looked for in one key ring only, where one is named. */
export const KEY_OPTIONS = {
  ...INSTANCE_OPTION,
  '--key-ring <id>': { into: 'headers.x-kms-key-ring', help: 'only in this key ring' },
} as const satisfies CliOptions;

/** The same where a command of the other command line has a short flag for the key ring. */
export const KEY_OPTIONS_SHORT = {
  ...INSTANCE_OPTION,
  '-r, --key-ring <id>': { into: 'headers.x-kms-key-ring', help: 'only in this key ring' },
} as const satisfies CliOptions;
