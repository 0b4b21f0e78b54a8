import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RootwardError } from '../../contract/errors.ts';
import type { Config } from '../config.ts';

/** Where things lie in a data directory. */
export interface DataDir {
  readonly root: string;
  readonly database: string;
  readonly audit: string;
  readonly clusters: string;
  /** `{url, managementUrl, serverId}` of the server that runs on this directory. */
  readonly serverFile: string;
  readonly devApiKey: string;
  /** There once every row of a key is known to have a MAC (ADR 0013). */
  readonly keyRowsDone: string;
  /** The name of this server among its replicas, where the configuration gives it none. */
  readonly replicaId: string;
}

/**
 * Names the places of a data directory; with `create`, makes the directories (0700), and closes one of ours that others may enter.
 * Throws CONFIG for an open directory that holds something else or belongs to somebody else.
 */
export function openDataDir(path: string, create: boolean): DataDir {
  const root = resolve(path);
  const dir: DataDir = {
    root,
    database: join(root, 'rootward.db'),
    audit: join(root, 'audit'),
    clusters: join(root, 'clusters'),
    serverFile: join(root, 'server.json'),
    devApiKey: join(root, 'dev-api-key'),
    keyRowsDone: join(root, 'key-rows-authenticated'),
    replicaId: join(root, 'replica-id'),
  };
  if (!create) return dir;
  closeToOthers(dir);
  for (const folder of [dir.root, dir.audit, dir.clusters]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  return dir;
}

/**
 * The places of a data directory that a server has run on, for what is done to it past the server. Throws CONFIG where there is none:
 * an embedded store would be made anew there, and be empty.
 */
export function findDataDir({ dataDir, store }: Pick<Config, 'dataDir' | 'store'>): DataDir {
  const dir = openDataDir(dataDir, false);
  if (store.url !== undefined || existsSync(dir.database)) return dir;
  throw refused(dir.root, 'is not there, or no server has run on it', 'Name the one of the server with --data-dir or --config.');
}

function closeToOthers({ root, database, replicaId }: DataDir): void {
  const found = statSync(root, { throwIfNoEntry: false });
  if (!found?.isDirectory() || (found.mode & 0o077) === 0) return;
  // Who names a directory full of other things by mistake must not find it closed.
  const isOurs = existsSync(database) || existsSync(replicaId) || readdirSync(root).length === 0;
  const mode = (found.mode & 0o777).toString(8);
  if (!isOurs)
    throw refused(
      root,
      `is open to others (mode 0${mode}) and holds other things`,
      `Name a directory of its own, such as ${root}/rootward.`,
    );
  try {
    chmodSync(root, 0o700);
  } catch (cause) {
    throw refused(
      root,
      `is open to others (mode 0${mode}) and cannot be closed`,
      `Name a directory that the server's user owns.`,
      cause,
    );
  }
}

function refused(root: string, what: string, hint: string, cause?: unknown): RootwardError {
  return new RootwardError('CONFIG', {
    message: `The data directory ${root} ${what}.`,
    hint,
    target: { type: 'field', name: 'dataDir' },
    ...(cause !== undefined && { cause }),
  });
}
