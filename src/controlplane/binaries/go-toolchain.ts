import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory } from './cache.ts';
import { NotFromHere } from './finder.ts';
import { OLDEST_GO } from './programs.ts';
import { searchPath } from './search-path.ts';
import { isAtLeast, versionOf } from './version.ts';

/** The `go` command on PATH. Throws NotFromHere if there is none or if it is too old. */
export async function findGo(environment: Readonly<NodeJS.ProcessEnv>): Promise<string> {
  const go = searchPath('go', environment.PATH);
  if (go === null) throw new NotFromHere('there is no go command on PATH');
  const env = await goEnvironment(environment);
  let version: string;
  try {
    version = await versionOf(go, ['version'], env);
  } catch (error) {
    throw new NotFromHere(error instanceof Error ? error.message : String(error), { cause: error });
  }
  if (!isAtLeast(version, OLDEST_GO)) throw new NotFromHere(`${go} is Go ${version}, and at least ${OLDEST_GO} is needed`);
  return go;
}

/**
 * The environment of a build. Everything that go keeps (modules, compiled packages, temporary files, telemetry) goes below our cache,
 * unless the user placed it elsewhere; what the user set with `go env -w` (a proxy, for example) still holds.
 */
export async function goEnvironment(environment: Readonly<NodeJS.ProcessEnv>): Promise<Record<string, string>> {
  const home = environment.HOME === undefined || environment.HOME === '' ? homedir() : environment.HOME;
  const userConfig = environment.XDG_CONFIG_HOME ?? join(home, '.config');
  const cache = join(cacheDirectory(environment), 'go');
  const temporary = join(cache, 'tmp');
  await mkdir(temporary, { recursive: true, mode: 0o755 });
  const kept = Object.entries(environment).filter(
    (entry): entry is [string, string] => /^(GO|HTTPS?_PROXY$|NO_PROXY$|SSL_CERT_)/i.test(entry[0]) && entry[1] !== undefined,
  );
  return {
    GOCACHE: join(cache, 'build'),
    GOMODCACHE: join(cache, 'modules'),
    GOPATH: join(cache, 'path'),
    GOENV: join(userConfig, 'go', 'env'),
    ...Object.fromEntries(kept),
    PATH: environment.PATH ?? '',
    HOME: home,
    XDG_CONFIG_HOME: join(cache, 'config'),
    GOTMPDIR: temporary,
    GOFLAGS: '-buildvcs=false',
    // The same program on every machine, with or without a C compiler.
    CGO_ENABLED: '0',
    // The version that was checked is the version that builds; go would else download another one.
    GOTOOLCHAIN: 'local',
    GOWORK: 'off',
  };
}
