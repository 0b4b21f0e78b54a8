import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkBoundaries } from './check.ts';

const root = join(import.meta.dirname, '../..');

function house(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'rootward-boundaries-'));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

describe('boundaries', () => {
  it('no file of this house imports what its room may not see', () => {
    expect(checkBoundaries(root)).toEqual([]);
  });

  it('a store that imports crypto and a circle are both found', () => {
    const folder = house({
      'src/store/a.ts': "import { b } from './b.ts';\nimport { row } from '../crypto/row.ts';\n",
      'src/store/b.ts': "import {\n  a,\n} from './a.ts';\n",
      'src/crypto/row.ts': "import { x } from 'kysely';\n",
    });
    try {
      expect(checkBoundaries(folder).sort()).toEqual([
        'src/crypto/row.ts may not import kysely',
        'src/store/a.ts may not import src/crypto/row.ts',
        'these import each other: src/store/a.ts → src/store/b.ts → src/store/a.ts',
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
