import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const PLACES = ['/usr/lib/postgresql', '/usr/pgsql'];

/** Where `postgres` and `initdb` are, or why they cannot be used; the sentence says how to get them. */
export function findPostgres(): { readonly bin: string } | { readonly missing: string } {
  const path = (process.env.PATH ?? '').split(delimiter);
  const versions = PLACES.flatMap((place) =>
    existsSync(place) ? readdirSync(place).map((name) => join(place, name, 'bin')) : [],
  );
  const bin = [...path, ...versions.sort().reverse()].find(
    (folder) => isProgram(join(folder, 'initdb')) && isProgram(join(folder, 'postgres')),
  );
  return bin === undefined ? { missing: 'no PostgreSQL here: apt-get install postgresql' } : { bin };
}

/**
 * For `describe.skipIf`: is PostgreSQL missing? In CI that is a failure, because a suite that is silently left out proves nothing.
 */
export function isPostgresMissing(): boolean {
  const found = findPostgres();
  if ('bin' in found) return false;
  if (process.env.CI) throw new Error(found.missing);
  return true;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
