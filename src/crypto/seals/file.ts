import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { RootwardError } from '../../contract/errors.ts';
import type { Seal } from './envelope.ts';
import { createKeyFile, readKeyFile } from './key-file.ts';
import { sealFrom } from './seal-key.ts';

/**
 * The default seal of one machine: a 0400 file outside the data directory, so that a copy of the data alone opens nothing.
 * With `create`, a missing file is made; pass it only while no envelope exists, because a new key opens no old one.
 * Throws SEAL_KEY.
 */
export function openFileSeal(options: { readonly path: string; readonly dataDirectory: string; readonly create: boolean }): Seal {
  const path = resolve(options.path);
  const data = physical(options.dataDirectory);
  if (`${physical(path)}${sep}`.startsWith(`${data}${sep}`)) {
    throw new RootwardError('SEAL_KEY', {
      message: `The seal key file ${path} lies in the data directory, where every copy of the data would carry its own key.`,
      hint: 'Name a file elsewhere, best on another volume.',
    });
  }
  using secret = readKeyFile(path) ?? (options.create ? createKeyFile(path) : undefined);
  if (secret === undefined) {
    throw new RootwardError('SEAL_KEY', {
      message: `The seal key file ${path} is not there.`,
      hint: 'Bring it back from your copy, or open the service with the recovery code.',
    });
  }
  return sealFrom('file', secret);
}

/** The path with the symbolic links of its existing part resolved. */
function physical(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!missing || dirname(absolute) === absolute) throw error;
    return join(physical(dirname(absolute)), basename(absolute));
  }
}
