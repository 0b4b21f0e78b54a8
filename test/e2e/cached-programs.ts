/** kube-apiserver and etcd of this machine, as files of a cache that is given to somebody else. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cachedPath } from '../../src/controlplane/binaries/cache.ts';
import { type FoundBinaries, machineDeps } from '../../src/controlplane/binaries/find-binaries.ts';
import { PROGRAMS } from '../../src/controlplane/binaries/programs.ts';

/** Contents of files by their path below `rootward/controlplane` in a cache: the two programs, each with its checksum. */
export function inCache(found: FoundBinaries): Map<string, Buffer> {
  const { architecture } = machineDeps({}, () => {});
  const files = new Map<string, Buffer>();
  for (const { name, path } of Object.values(found)) {
    const place = cachedPath(PROGRAMS[name], { environment: { XDG_CACHE_HOME: '/' }, architecture }).replace(
      /^.*controlplane\//,
      '',
    );
    const program = readFileSync(path);
    const checksum = createHash('sha256').update(program).digest('hex');
    files.set(place, program).set(`${place}.sha256`, Buffer.from(`${checksum}\n`));
  }
  return files;
}
