import { join } from 'node:path';
import { RootwardError } from '../../contract/errors.ts';
import type { Seal } from './envelope.ts';
import { createKeyFile, readKeyFile } from './key-file.ts';
import { sealFrom } from './seal-key.ts';

/** To be shown wherever the state of the seal is shown. */
export const DEV_SEAL_WARNING =
  'The dev seal keeps its key inside the data directory: whoever has a copy of the data can read every key. Do not use it for anything real.';

/** The seal for trying things out, in the data directory itself. `create` as for the file seal. Throws SEAL_KEY. */
export function openDevSeal(options: { readonly dataDirectory: string; readonly create: boolean }): Seal {
  const path = join(options.dataDirectory, 'dev-seal.key');
  using secret = readKeyFile(path) ?? (options.create ? createKeyFile(path) : undefined);
  if (secret === undefined)
    throw new RootwardError('SEAL_KEY', { message: `The key file ${path} of the dev seal is not there.` });
  return sealFrom('dev', secret);
}
