/** A home of a new user, who owns nothing else on this machine, and what that user starts. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, sep } from 'node:path';
import { readRecords } from '../../src/controlplane/processes/process-record.ts';
import { PROGRAM } from '../process/run-cli.ts';
import { until } from './until.ts';

/** `nobody`: it runs nothing else and owns nothing. */
const USER = 65_534;
const SET_USER = ['setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--clear-groups'] as const;
/**
 * Root gives its rights away wherever that user can read this checkout; where it cannot (a checkout below a 0700 directory), the same
 * things are shown with the rights that there are.
 */
const dropsRights = process.getuid?.() === 0 && canRead(PROGRAM);
const AS_USER = dropsRights ? SET_USER : [];

function canRead(file: string): boolean {
  const [setpriv, ...user] = SET_USER;
  return spawnSync(setpriv, [...user, 'test', '-r', file]).status === 0;
}

/** The Node that people have: the first on PATH that no package has put there. It may be too old for more than the launcher. */
export function nodeOfThisMachine(): string {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  return folders.map((folder) => join(folder, 'node')).find((file) => existsSync(file)) ?? process.execPath;
}

export interface Started {
  readonly child: ChildProcess;
  readonly text: () => string;
  readonly exited: Promise<readonly [number | null, string | null]>;
  says(what: RegExp, timeoutMs: number): Promise<string>;
}

export interface Home {
  /** Holds `home`, `work` (the current directory) and `tmp`. */
  readonly root: string;
  readonly dataDir: string;
  /** Every path below `root`. */
  list(): string[];
  /** What lies in places that are open to everybody and belongs to that user. */
  litter(): string[];
  /** `rootward …`, in a process group of its own as a terminal starts it. */
  start(...words: string[]): Started;
  /** Processes of hosted clusters on record, by name. */
  processes(): Map<string, number>;
  remove(): void;
}

/** `programs`: what is in the cache, by its path below `rootward/controlplane`. */
export function makeHome(programs: ReadonlyMap<string, Buffer>): Home {
  const root = mkdtempSync(join(tmpdir(), 'rw-home-'));
  const cache = join(root, 'home', '.cache', 'rootward', 'controlplane');
  for (const folder of ['work', 'tmp']) mkdirSync(join(root, folder));
  mkdirSync(cache, { recursive: true });
  for (const [name, content] of programs) {
    mkdirSync(dirname(join(cache, name)), { recursive: true });
    writeFileSync(join(cache, name), content, { mode: 0o755 });
  }
  const list = () => readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  if (dropsRights) for (const path of ['', ...list()]) chownSync(join(root, path), USER, USER);
  const dataDir = join(root, 'work', '.rootward');
  return {
    root,
    dataDir,
    list,
    litter,
    start(...words) {
      const [command = '', ...args] = [...AS_USER, nodeOfThisMachine(), PROGRAM, ...words];
      const env = { PATH: process.env.PATH, HOME: join(root, 'home'), TMPDIR: join(root, 'tmp') };
      const child = spawn(command, args, { cwd: join(root, 'work'), env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
      let text = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk) => {
          text += String(chunk);
        });
      return {
        child,
        text: () => text,
        exited: once(child, 'exit') as Promise<[number | null, string | null]>,
        says: (what, timeoutMs) => {
          const look = async () => {
            const said = what.exec(text)?.[0];
            if (said === undefined && child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${text}`);
            return said;
          };
          return until(String(what), look, { timeoutMs, intervalMs: 20, seen: () => text });
        },
      };
    },
    processes() {
      const clusters = join(dataDir, 'clusters');
      const folders = existsSync(clusters) ? readdirSync(clusters) : [];
      const records = folders.flatMap((id) => readRecords(join(clusters, id)).map((record) => ({ ...record, id })));
      return new Map(records.flatMap(({ name, process: of }) => (of === null ? [] : [[name, of.pid] as const])));
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function litter(): string[] {
  return dropsRights ? ['/dev/shm', '/tmp', '/var/tmp', '/run'].flatMap(ownedByUser) : [];
}

function ownedByUser(directory: string): string[] {
  return readdirSync(directory)
    .map((name) => directory + sep + name)
    .filter((path) => lstatSync(path, { throwIfNoEntry: false })?.uid === USER);
}
