import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where things lie in a data directory. */
export interface DataDir {
  readonly root: string;
  readonly database: string;
  readonly audit: string;
  readonly clusters: string;
  /** `{url, managementUrl, serverId}` of the server that runs on this directory. */
  readonly serverFile: string;
  readonly devApiKey: string;
}

/** Names the places of a data directory; with `create`, makes the directories (0700). */
export function openDataDir(path: string, create: boolean): DataDir {
  const root = resolve(path);
  const dir: DataDir = {
    root,
    database: join(root, 'rootward.db'),
    audit: join(root, 'audit'),
    clusters: join(root, 'clusters'),
    serverFile: join(root, 'server.json'),
    devApiKey: join(root, 'dev-api-key'),
  };
  if (create) for (const folder of [dir.root, dir.audit, dir.clusters]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  return dir;
}
