/** A private PostgreSQL for tests: its own directory, a free port of this machine, fsync on. It ends with the process that started it. */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { openStore } from '../../src/store/store.ts';
import { findPostgres } from './find-postgres.ts';

export interface PrivatePostgres {
  /** Process id of the server itself. */
  readonly pid: number;
  readonly port: number;
  url(database: string): string;
  /** An empty database, or one that is migrated already. */
  createDatabase(kind: 'empty' | 'migrated'): Promise<PrivateDatabase>;
  /** Runs SQL as its administrator, in `database`. */
  query<R>(sql: string, database?: string): Promise<R[]>;
  stop(): Promise<void>;
}

export interface PrivateDatabase {
  readonly name: string;
  readonly url: string;
  /** Ends its use; a migrated one may be given to the next one that asks. */
  drop(): Promise<void>;
}

/** Ends what still uses the database, and leaves it as its migrations had made it. */
const EMPTY = `do $$ declare name text; begin
  perform pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid();
  for name in select tablename from pg_tables where schemaname = 'public' and tablename not like 'kysely%' loop
    execute format('delete from %I', name);
  end loop;
  perform setval(pg_get_serial_sequence('lifecycle_events', 'sequence'), 1, false);
end $$`;

/** Part of every URL; tests look for it where it must not be. */
export const POSTGRES_PASSWORD = 'correct-horse-battery';

let shared: Promise<PrivatePostgres> | undefined;

/** One server for all tests of this process. */
export function sharedPostgres(): Promise<PrivatePostgres> {
  shared ??= startPostgres();
  return shared;
}

/** Starts a server of its own. */
export async function startPostgres(): Promise<PrivatePostgres> {
  const found = findPostgres();
  if ('missing' in found) throw new Error(found.missing);
  const user = unprivileged();
  const home = mkdtempSync(join(tmpdir(), 'rootward-postgres-'));
  const passwordFile = join(home, 'password');
  writeFileSync(passwordFile, POSTGRES_PASSWORD);
  chmodSync(home, 0o700);
  for (const path of [home, passwordFile]) if (user) chownSync(path, user.uid, user.gid);
  await initialise(found.bin, home, passwordFile, user);
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const child = run(found.bin, home, port, user);
    try {
      const pid = await ready(child, port);
      return serverAt(child, pid, port);
    } catch (error) {
      child.stdin?.end();
      // Somebody else may have taken the port in between.
      if (attempt === 3) throw error;
    }
  }
}

type User = { readonly uid: number; readonly gid: number };

/** The server refuses to run as root. */
function unprivileged(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string, name: string): number =>
    Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: id('-u', name), gid: id('-g', name) };
    } catch {
      // There is no such user; the next one is as good.
    }
  }
  throw new Error('neither a user postgres nor nobody');
}

/** With a locale whose order is not that of bytes, where the build has one: our columns must not depend on it. */
async function initialise(bin: string, home: string, passwordFile: string, user: User | undefined): Promise<void> {
  const base = [
    '-D',
    join(home, 'data'),
    '-U',
    'rootward',
    '-A',
    'scram-sha-256',
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
    `--pwfile=${passwordFile}`,
  ];
  const initdb = (more: string[]) => promisify(execFile)(join(bin, 'initdb'), [...base, ...more], { ...user, cwd: home });
  await initdb(['--locale-provider=icu', '--icu-locale=en-US']).catch(() => initdb([]));
}

/** A shell watches our end of its stdin: when that closes, however we end, the server is stopped and its directory removed. A signal to our group is not for it. */
function run(bin: string, home: string, port: number, user: User | undefined): ChildProcess {
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '200', fsync: 'on' };
  const server = [
    join(bin, 'postgres'),
    '-D',
    join(home, 'data'),
    '-p',
    String(port),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const script = `home=$1; shift; "$@" & pid=$!; echo "pid $pid" >&2; cat >/dev/null; kill -QUIT $pid; wait $pid; rm -rf "$home"`;
  const child = spawn('sh', ['-c', script, 'sh', home, ...server], {
    ...user,
    cwd: home,
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  child.unref();
  for (const stream of [child.stdin, child.stderr]) (stream as unknown as { unref?(): void } | null)?.unref?.();
  return child;
}

/** Resolves with the server's process id when it takes connections. */
async function ready(child: ChildProcess, port: number): Promise<number> {
  let log = '';
  child.stderr?.on('data', (chunk) => {
    if (log.length < 10_000) log += String(chunk);
  });
  for (let turn = 0; turn < 300; turn += 1) {
    try {
      await query(urlOf(port, 'postgres'), 'select 1');
      return Number(/^pid (\d+)$/m.exec(log)?.[1]);
    } catch {
      if (child.exitCode !== null || /FATAL: +(could not create|lock file)/.test(log)) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`PostgreSQL did not start:\n${log}`);
}

function serverAt(child: ChildProcess, pid: number, port: number): PrivatePostgres {
  const url = (database: string) => urlOf(port, database);
  let template: Promise<string> | undefined;
  /** Migrated databases that nobody uses, emptied: emptying takes a tenth of the time of making one. */
  const free: PrivateDatabase[] = [];

  async function create(from: string): Promise<PrivateDatabase> {
    const name = `t_${randomBytes(6).toString('hex')}`;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await query(url('postgres'), `create database ${name} template ${from}`);
        break;
      } catch (error) {
        // Connections that were just closed still count for a moment.
        if (attempt === 40 || !/being accessed/.test((error as Error).message)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    return {
      name,
      url: url(name),
      drop: async () => void (await query(url('postgres'), `drop database if exists ${name} with (force)`)),
    };
  }

  async function migrated(): Promise<string> {
    const { name, url: own } = await create('template0');
    const store = await openStore({ file: join(mkdtempSync(join(tmpdir(), 'rootward-template-')), 'rootward.db'), url: own });
    await store.close();
    return name;
  }

  return {
    pid,
    port,
    url,
    async createDatabase(kind) {
      if (kind === 'empty') return await create('template0');
      const used = free.pop();
      if (used) return used;
      template ??= migrated();
      const made = await create(await template);
      const reusable: PrivateDatabase = {
        ...made,
        async drop() {
          await query(made.url, EMPTY);
          free.push(reusable);
        },
      };
      return reusable;
    },
    query: (sql, database = 'postgres') => query(url(database), sql),
    async stop() {
      child.ref();
      const ended = once(child, 'exit');
      child.stdin?.end();
      await ended;
    },
  };
}

async function query<R>(url: string, sql: string): Promise<R[]> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return (await client.query(sql)).rows as R[];
  } finally {
    await client.end();
  }
}

const urlOf = (port: number, database: string) => `postgres://rootward:${POSTGRES_PASSWORD}@127.0.0.1:${port}/${database}`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
