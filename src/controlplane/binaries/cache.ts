import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type FinderDeps, NotFromHere } from './finder.ts';
import type { Program } from './programs.ts';
import { isExecutableFile } from './search-path.ts';

/** `${XDG_CACHE_HOME:-~/.cache}/rootward/controlplane` */
export function cacheDirectory(environment: Readonly<NodeJS.ProcessEnv>): string {
  const base = environment.XDG_CACHE_HOME;
  const home = environment.HOME === undefined || environment.HOME === '' ? homedir() : environment.HOME;
  return join(base === undefined || base === '' ? join(home, '.cache') : base, 'rootward', 'controlplane');
}

/** Where a program of this version belongs in the cache: `<name>-<version>-linux-<arch>/<name>`; its checksum is beside it. */
export function cachedPath(program: Program, deps: Pick<FinderDeps, 'environment' | 'architecture'>): string {
  const { name, version } = program;
  return join(cacheDirectory(deps.environment), `${name}-${version}-linux-${deps.architecture}`, name);
}

/** The path of an intact cached program. Throws NotFromHere if there is none or if it is damaged. */
export async function fromCache(program: Program, deps: FinderDeps): Promise<string> {
  const path = cachedPath(program, deps);
  if (!isExecutableFile(path)) throw new NotFromHere(`${path} does not exist`);
  let wanted: string;
  try {
    wanted = (await readFile(`${path}.sha256`, 'utf8')).trim();
  } catch (error) {
    throw new NotFromHere(`${path} has no checksum beside it`, { cause: error });
  }
  if ((await sha256Of(path)) !== wanted) throw new NotFromHere(`${path} is damaged: its checksum is another one`);
  return path;
}

/** Moves a complete program into the cache. The checksum is there first, so nobody ever sees a program without one. */
export async function intoCache(program: Program, temporary: string, deps: FinderDeps): Promise<string> {
  const path = cachedPath(program, deps);
  await mkdir(join(path, '..'), { recursive: true, mode: 0o755 });
  await chmod(temporary, 0o755);
  await writeFile(`${path}.sha256`, `${await sha256Of(temporary)}\n`);
  await rename(temporary, path);
  return path;
}

/** A new file name for unfinished work, on the same file system as the cache. */
export async function temporaryPath(name: string, deps: FinderDeps): Promise<string> {
  const directory = join(cacheDirectory(deps.environment), 'unfinished');
  await mkdir(directory, { recursive: true, mode: 0o755 });
  return join(directory, `${name}.${process.pid}`);
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
