import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** Rooms whose job it is to hand raw secret bytes to somebody who is allowed to have them. Each needs a reason. */
const ALLOWED = [
  // private keys of a hosted cluster, written to its own memory file system while it runs
  /^src\/server\/clusters\/masters\//,
];

it('raw secret bytes are revealed only where it is the job', () => {
  const root = join(import.meta.dirname, '../..');
  const importers = globSync('{src,console/src,tools,bench}/**/*.ts', { cwd: root })
    .filter((path) => !path.endsWith('.test.ts') && path !== 'src/crypto/reveal.ts')
    .filter((path) => /from '[^']*\/reveal\.ts'|import\('[^']*\/reveal\.ts'\)/.test(readFileSync(join(root, path), 'utf8')));
  expect(importers.filter((path) => !ALLOWED.some((room) => room.test(path)))).toEqual([]);
});
