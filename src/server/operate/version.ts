import { readFileSync } from 'node:fs';

/** The version in package.json, three folders above the source and one above the bundle. */
export function readVersion(): string {
  for (const place of ['../../../package.json', '../package.json']) {
    const text = readIfThere(new URL(place, import.meta.url));
    const found = text === undefined ? undefined : (JSON.parse(text) as { readonly name?: string; readonly version?: string });
    if (found?.name === 'rootward' && found.version !== undefined) return found.version;
  }
  return 'unknown';
}

function readIfThere(file: URL): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
