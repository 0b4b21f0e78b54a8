/** kube-apiserver and etcd of this machine, as files of a cache that is given to somebody else. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachedPath } from '../../src/controlplane/binaries/cache.ts';
import { type FoundBinaries, machineDeps } from '../../src/controlplane/binaries/find-binaries.ts';
import { PROGRAMS } from '../../src/controlplane/binaries/programs.ts';

/** Files to copy, by their path below `rootward/controlplane` in a cache: the two programs, each with its checksum. */
export function inCache(found: FoundBinaries): Map<string, string> {
  const sums = mkdtempSync(join(tmpdir(), 'rw-sums-'));
  const { architecture } = machineDeps({}, () => {});
  const files = new Map<string, string>();
  for (const { name, path } of Object.values(found)) {
    const place = cachedPath(PROGRAMS[name], { environment: { XDG_CACHE_HOME: '/' }, architecture }).replace(
      /^.*controlplane\//,
      '',
    );
    const sum = join(sums, name);
    writeFileSync(sum, `${createHash('sha256').update(readFileSync(path)).digest('hex')}\n`);
    files.set(place, path).set(`${place}.sha256`, sum);
  }
  return files;
}
