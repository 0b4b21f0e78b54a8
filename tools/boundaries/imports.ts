import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export interface Import {
  /** Path from the root of the checkout, or the name of a package. */
  readonly to: string;
  readonly isTypeOnly: boolean;
}

// The formatter gives every import one shape, so a pattern reads them all; `import(…)` with a literal counts too.
const STATIC = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)';$/gm;
const DYNAMIC = /\bimport\('([^']+)'\)/g;

/** What a TypeScript file imports. */
export function importsOf(root: string, file: string): Import[] {
  const source = readFileSync(join(root, file), 'utf8');
  const resolve = (specifier: string) =>
    specifier.startsWith('.') ? relative(root, join(root, dirname(file), specifier)) : specifier;
  return [
    ...[...source.matchAll(STATIC)].map(([, type, to = '']) => ({ to: resolve(to), isTypeOnly: type !== undefined })),
    ...[...source.matchAll(DYNAMIC)].map(([, to = '']) => ({ to: resolve(to), isTypeOnly: false })),
  ];
}
