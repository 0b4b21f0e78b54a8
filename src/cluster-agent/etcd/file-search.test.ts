import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { searchFiles } from './file-search.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'file-search-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

const needle = { name: 'canary', bytes: Buffer.from('0123456789abcdef') };

describe('searchFiles', () => {
  it('finds a needle across every position of a chunk border, once', async () => {
    const chunkBytes = 64;
    for (let start = chunkBytes - needle.bytes.length - 1; start <= chunkBytes + 1; start += 1) {
      const content = Buffer.alloc(3 * chunkBytes, 0x2e);
      needle.bytes.copy(content, start);
      await writeFile(join(directory, 'a'), content);
      expect((await searchFiles([directory], [needle], undefined, chunkBytes)).matches, `start ${start}`).toBe(1);
    }
  });

  it('counts what a search of the whole content counts, for any chunk size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 120 }),
        fc.integer({ min: 1, max: 20 }),
        async (letters, chunkBytes) => {
          const text = letters.join('');
          await writeFile(join(directory, 'a'), text);
          const needles = ['ab', 'aba', 'bbbab'].map((word) => ({ name: word, bytes: Buffer.from(word) }));
          const found = await searchFiles([directory], needles, undefined, chunkBytes);
          for (const { name } of needles) {
            const expected = [...letters.keys()].filter((index) => text.startsWith(name, index)).length;
            expect(found.byNeedle[name] ?? 0).toBe(expected);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('searches every file below, names the files with matches and counts bytes', async () => {
    await mkdir(join(directory, 'member', 'wal'), { recursive: true });
    await writeFile(join(directory, 'member', 'wal', 'x.wal'), Buffer.concat([Buffer.alloc(100), needle.bytes]));
    await writeFile(join(directory, 'member', 'db'), Buffer.alloc(50));
    const found = await searchFiles([directory], [needle]);
    expect(found).toMatchObject({ files: 2, bytes: 166, matches: 1, byNeedle: { canary: 1 } });
    expect(found.matchedFiles).toEqual([join(directory, 'member', 'wal', 'x.wal')]);
  });
});
