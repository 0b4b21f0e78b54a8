import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { cacheDirectory, temporaryPath } from './cache.ts';
import { type FinderDeps, NotFromHere } from './finder.ts';
import { findGo, goEnvironment } from './go-toolchain.ts';
import { GIBIBYTE, type Program } from './programs.ts';

const PROGRESS_MS = 10_000;

/** Builds a program from its Go module. Returns the path of an unfinished file; throws NotFromHere with the reason. */
export async function fromBuild(program: Program, deps: FinderDeps): Promise<string> {
  if (deps.settings.build?.enabled === false) throw new NotFromHere('builds are switched off');
  const modules = deps.settings.build?.modules ?? shippedModules();
  if (modules === null) throw new NotFromHere('this installation has no Go modules to build from');
  const go = await findGo(deps.environment);
  const cache = cacheDirectory(deps.environment);
  await mkdir(cache, { recursive: true, mode: 0o755 });
  refuseIfTooSmall(program, deps, cache);
  deps.report(
    `building ${program.name} ${program.version} from source, once: about ${program.build.minutes}, ` +
      `${gibibytes(program.build.diskBytes)} of disk under ${cache} and ${gibibytes(program.build.memoryBytes)} of memory`,
  );
  const target = await temporaryPath(program.name, deps);
  const linkerFlags = ['-s', '-w', ...program.build.linkerFlags].join(' ');
  const args = [
    'build',
    '-v',
    '-mod=readonly',
    '-modcacherw',
    '-trimpath',
    '-ldflags',
    linkerFlags,
    '-o',
    target,
    program.goPackage,
  ];
  try {
    await runGo(go, args, join(modules, program.name), program, deps);
    return target;
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
}

function refuseIfTooSmall(program: Program, deps: FinderDeps, cache: string): void {
  const { memoryBytes, diskBytes } = program.build;
  const memory = deps.freeMemoryBytes();
  if (memory < memoryBytes) {
    throw new NotFromHere(`a build needs ${gibibytes(memoryBytes)} of memory, and ${gibibytes(memory)} is free`);
  }
  const disk = deps.freeDiskBytes(cache);
  if (disk < diskBytes) {
    throw new NotFromHere(`a build needs ${gibibytes(diskBytes)} of disk under ${cache}, and ${gibibytes(disk)} is free`);
  }
}

async function runGo(go: string, args: readonly string[], cwd: string, program: Program, deps: FinderDeps): Promise<void> {
  const env = await goEnvironment(deps.environment);
  const child = spawn(go, [...args], {
    cwd,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(deps.signal && { signal: deps.signal }),
  });
  const started = performance.now();
  let downloaded = 0;
  let compiled = 0;
  const last: string[] = [];
  const progress = setInterval(() => {
    const seconds = Math.round((performance.now() - started) / 1000);
    deps.report(`building ${program.name}: ${seconds} s, ${downloaded} modules downloaded, ${compiled} packages compiled`);
  }, PROGRESS_MS);
  // With -v, go names each package that it compiles; what was compiled by an earlier, interrupted build is not named again.
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (line.startsWith('go: downloading')) downloaded += 1;
    else if (/^[\w.-]+(?:\/[\w.~-]+)*$/.test(line)) compiled += 1;
    else last.push(line);
    if (last.length > 5) last.shift();
  });
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', (error) => reject(new NotFromHere(`${go} does not run (${error.message})`, { cause: error })));
      child.once('close', (code, signal) => {
        if (code === 0) resolve();
        else reject(new NotFromHere(`the build failed with ${signal ?? `exit status ${code}`}: ${last.join('; ')}`));
      });
    });
  } finally {
    clearInterval(progress);
  }
}

/** tools/controlplane of the checkout or package that this file belongs to. */
function shippedModules(): string | null {
  let directory = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const candidate = join(directory, 'tools', 'controlplane');
    if (existsSync(join(candidate, 'etcd', 'go.mod'))) return candidate;
    const parent = dirname(directory);
    if (parent === directory) return null;
    directory = parent;
  }
}

function gibibytes(bytes: number): string {
  return `${(bytes / GIBIBYTE).toFixed(1)} GiB`;
}
