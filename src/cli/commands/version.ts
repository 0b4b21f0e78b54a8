import { readFileSync } from 'node:fs';
import type { CommandParts } from './command-parts.ts';

/** The version in package.json, two folders above the source and one above the bundle. */
export function readVersion(): string {
  for (const place of ['../../../package.json', '../package.json']) {
    const text = readIfThere(new URL(place, import.meta.url));
    const found = text === undefined ? undefined : (JSON.parse(text) as { readonly name?: string; readonly version?: string });
    if (found?.name === 'rootward' && found.version !== undefined) return found.version;
  }
  return 'unknown';
}

export function addVersion({ program, io }: CommandParts): void {
  program
    .command('version')
    .description('Show the version of this program')
    .action(() => io.out(`rootward ${readVersion()} (Node ${process.version})\n`));
}

function readIfThere(file: URL): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
