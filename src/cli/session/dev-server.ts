import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Io } from '../io.ts';

/** A server that runs with `--dev` on this machine, as its data directory describes it. */
export interface DevServer {
  readonly url: string;
  readonly dataDir: string;
  readonly apiKey: string | undefined;
}

/** The data directory that commands beside a server look at. */
export function localDataDir({ env, cwd }: Pick<Io, 'env' | 'cwd'>): string {
  return resolve(cwd, env.ROOTWARD_DATA_DIR || '.rootward');
}

/** Undefined if no server runs there. */
export function findDevServer(dataDir: string): DevServer | undefined {
  const description = readIfThere(join(dataDir, 'server.json'));
  if (description === undefined) return undefined;
  const { url } = JSON.parse(description) as { readonly url: string };
  return { url, dataDir, apiKey: readIfThere(join(dataDir, 'dev-api-key'))?.trim() };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
