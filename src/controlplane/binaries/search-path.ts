import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/** The first executable file of that name on a PATH, or null. Relative entries are left out: they mean another file every time. */
export function searchPath(name: string, path: string | undefined): string | null {
  for (const directory of (path ?? '').split(':')) {
    if (!isAbsolute(directory)) continue;
    const candidate = join(directory, name);
    if (isExecutableFile(candidate)) return candidate;
  }
  return null;
}

export function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // It does not exist or may not be run, which is what was asked.
    return false;
  }
}
