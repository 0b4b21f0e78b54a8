import { statfsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { RootwardError } from '../../contract/errors.ts';
import { cacheDirectory, fromCache, intoCache } from './cache.ts';
import {
  type BinarySettings,
  type FinderDeps,
  type FoundBinary,
  NotFromHere,
  type SourceName,
  type TriedSource,
} from './finder.ts';
import { fromBuild } from './from-build.ts';
import { fromRelease } from './from-release.ts';
import { withLock } from './lock.ts';
import { OLDEST_GO, PROGRAMS, type Program, type ProgramName } from './programs.ts';
import { isExecutableFile, searchPath } from './search-path.ts';
import { isAtLeast, versionOf } from './version.ts';

export type FoundBinaries = Readonly<Record<ProgramName, FoundBinary>>;

type Attempt = FoundBinary | { readonly name: ProgramName; readonly tried: readonly TriedSource[] };

/** This machine's memory, disk and environment, for everybody who is no test. */
export function machineDeps(settings: BinarySettings, report: (line: string) => void, signal?: AbortSignal): FinderDeps {
  return {
    settings,
    environment: process.env,
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    freeMemoryBytes: () => process.availableMemory(),
    freeDiskBytes: (directory) => {
      const { bavail, bsize } = statfsSync(directory);
      return bavail * bsize;
    },
    report,
    ...(signal && { signal }),
  };
}

/**
 * Finds etcd and kube-apiserver: configuration, PATH, cache, official release, build. A release or build ends in the cache. Throws
 * BINARIES_UNAVAILABLE, whose hint says for each missing program why no source had it.
 */
export async function findBinaries(deps: FinderDeps): Promise<FoundBinaries> {
  const etcd = await attempt(PROGRAMS.etcd, deps);
  const apiserver = await attempt(PROGRAMS['kube-apiserver'], deps);
  if ('path' in etcd && 'path' in apiserver) return { etcd, 'kube-apiserver': apiserver };
  throw unavailable([apiserver, etcd].filter((one) => !('path' in one)));
}

/** Only what is there already; nothing is downloaded or built. Null if one of the two is missing. */
export async function findPresentBinaries(deps: FinderDeps): Promise<FoundBinaries | null> {
  const present = { ...deps, settings: { ...deps.settings, download: { enabled: false }, build: { enabled: false } } };
  const etcd = await attempt(PROGRAMS.etcd, present);
  const apiserver = await attempt(PROGRAMS['kube-apiserver'], present);
  return 'path' in etcd && 'path' in apiserver ? { etcd, 'kube-apiserver': apiserver } : null;
}

async function attempt(program: Program, deps: FinderDeps): Promise<Attempt> {
  const tried: TriedSource[] = [];
  const found = (await fromExisting(program, deps, tried)) ?? (await fetched(program, deps, tried));
  return found === null ? { name: program.name, tried } : { name: program.name, ...found, tried };
}

type Found = Pick<FoundBinary, 'path' | 'version' | 'source'>;

async function fromExisting(program: Program, deps: FinderDeps, tried: TriedSource[]): Promise<Found | null> {
  return (
    (await trySource('configuration', tried, () => usable(configuredPath(program, deps), program, deps))) ??
    (await trySource('path', tried, () => usable(onPath(program, deps), program, deps))) ??
    (await trySource('cache', tried, async () => usable(await fromCache(program, deps), program, deps)))
  );
}

async function fetched(program: Program, deps: FinderDeps, tried: TriedSource[]): Promise<Found | null> {
  const { download, build } = deps.settings;
  if (download?.enabled === false && build?.enabled === false) {
    tried.push(
      { source: 'release', reason: 'downloads are switched off' },
      { source: 'build', reason: 'builds are switched off' },
    );
    return null;
  }
  const waiting = (pid: number): void => deps.report(`another process (${pid}) is fetching ${program.name}; waiting for it`);
  return withLock(cacheDirectory(deps.environment), waiting, deps.signal, async () => {
    // Whoever held the lock before us may have done the work.
    const meanwhile = await trySource('cache', [], async () => usable(await fromCache(program, deps), program, deps));
    return (
      meanwhile ??
      (await trySource('release', tried, async () => cached(await fromRelease(program, deps), program, deps))) ??
      (await trySource('build', tried, async () => cached(await fromBuild(program, deps), program, deps)))
    );
  });
}

async function trySource(
  source: SourceName,
  tried: TriedSource[],
  find: () => Promise<Omit<Found, 'source'>>,
): Promise<Found | null> {
  try {
    return { ...(await find()), source };
  } catch (error) {
    if (!(error instanceof NotFromHere)) throw error;
    tried.push({ source, reason: error.message });
    return null;
  }
}

function configuredPath(program: Program, deps: FinderDeps): string {
  const path = deps.settings.paths?.[program.name];
  if (path === undefined) throw new NotFromHere('no path is configured');
  if (!isExecutableFile(path)) throw new NotFromHere(`${path} is not an executable file`);
  return path;
}

function onPath(program: Program, deps: FinderDeps): string {
  const path = searchPath(program.name, deps.environment.PATH);
  if (path === null) throw new NotFromHere(`there is no ${program.name} on PATH`);
  return path;
}

/** A program that runs and is new enough. */
async function usable(path: string, program: Program, deps: FinderDeps): Promise<Omit<Found, 'source'>> {
  let version: string;
  try {
    version = await versionOf(path, ['--version'], { PATH: deps.environment.PATH ?? '' });
  } catch (error) {
    throw new NotFromHere(error instanceof Error ? error.message : String(error), { cause: error });
  }
  if (!isAtLeast(version, program.oldest))
    throw new NotFromHere(`${path} is ${version}, and at least ${program.oldest} is needed`);
  return { path, version };
}

/** Moves what was fetched into the cache, but only if it runs and is the version that was asked for. */
async function cached(unfinished: string, program: Program, deps: FinderDeps): Promise<Omit<Found, 'source'>> {
  try {
    const { version } = await usable(unfinished, program, deps);
    if (version !== program.version) throw new NotFromHere(`it is version ${version} instead of ${program.version}`);
    return { path: await intoCache(program, unfinished, deps), version };
  } finally {
    await rm(unfinished, { force: true });
  }
}

function unavailable(missing: readonly Attempt[]): RootwardError {
  const names = missing.map(({ name }) => name).join(' and ');
  const oldest = missing.map(({ name }) => `${name} ${PROGRAMS[name].oldest}`).join(' and ');
  const reasons = missing.map(
    ({ name, tried }) => `${name}: ${tried.map(({ source, reason }) => `${source}: ${reason}`).join('; ')}`,
  );
  return new RootwardError('BINARIES_UNAVAILABLE', {
    message:
      `No usable ${names} was found: install ${oldest} or newer on PATH, or allow the download of the official release, ` +
      `or install Go ${OLDEST_GO} or newer so that it can be built.`,
    hint: reasons.join('. '),
  });
}
