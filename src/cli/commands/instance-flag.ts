import type { Command } from 'commander';
import { RootwardError } from '../../contract/errors.ts';
import type { Io } from '../io.ts';

export function addInstanceFlag(command: Command): Command {
  return command.option('-i, --instance-id <id>', 'GUID of the KMS instance (KP_INSTANCE_ID)');
}

/** The instance that a flag or KP_INSTANCE_ID names. Throws USAGE. */
export function instanceOf(given: string | undefined, { env }: Pick<Io, 'env'>): string {
  const instance = given ?? (env.KP_INSTANCE_ID || undefined);
  if (instance !== undefined) return instance;
  throw new RootwardError('USAGE', {
    message: '--instance-id is missing.',
    hint: 'Give --instance-id or set KP_INSTANCE_ID; `rootward resource service-instances` lists instances.',
  });
}
