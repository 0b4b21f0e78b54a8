import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { extractMember } from './extract-member.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'rootward-tar-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

it('whatever an archive contains, the answer is the member or an error, and nothing else is written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), fc.boolean(), async (bytes, compressed) => {
      const archive = join(root, 'archive');
      writeFileSync(archive, compressed ? gzipSync(bytes) : bytes);
      await expect(extractMember(archive, 'etcd/etcd', join(root, 'etcd'))).rejects.toThrow();
    }),
    { numRuns: 100 },
  );
});
