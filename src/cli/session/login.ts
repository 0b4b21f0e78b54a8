import { readFileSync } from 'node:fs';
import { RootwardError } from '../../contract/errors.ts';
import type { Io } from '../io.ts';
import { findDevServer, localDataDir } from './dev-server.ts';
import { rememberedDataDir } from './known-servers.ts';

/** Flags by which every command that calls a server can be told whom to call. */
export interface LoginFlags {
  readonly url?: string | undefined;
  readonly apiKeyFile?: string | undefined;
}

export interface Login {
  readonly url: string;
  readonly apiKey: string;
  /** The server's data directory, if it is known to be on this machine. */
  readonly dataDir: string | undefined;
}

/** Flags before environment before the development server of this directory. Throws NOT_LOGGED_IN. */
export function findLogin(flags: LoginFlags, io: Pick<Io, 'env' | 'cwd'>): Login {
  const { env } = io;
  const dev = findDevServer(localDataDir(io));
  const url = (flags.url ?? env.ROOTWARD_URL) || env.KP_TARGET_ADDR || env.KP_PRIVATE_ADDR || dev?.url;
  if (url === undefined) {
    throw new RootwardError('NOT_LOGGED_IN', {
      message: 'No server is known.',
      hint: 'Set ROOTWARD_URL and ROOTWARD_API_KEY, or start a server here with `rootward up --dev`.',
    });
  }
  checkUrl(url);
  const isDev = dev !== undefined && sameOrigin(url, dev.url);
  const apiKey = givenKey(flags, env) ?? (isDev ? dev.apiKey : undefined);
  if (!apiKey) {
    throw new RootwardError('NOT_LOGGED_IN', {
      message: `No API key is known for ${url}.`,
      hint: 'Set ROOTWARD_API_KEY, or name a file that holds one with --api-key-file.',
    });
  }
  return { url, apiKey, dataDir: isDev ? dev.dataDir : rememberedDataDir(url, env) };
}

function givenKey(flags: LoginFlags, env: NodeJS.ProcessEnv): string | undefined {
  if (flags.apiKeyFile !== undefined) return keyIn(flags.apiKeyFile);
  if (env.ROOTWARD_API_KEY) return env.ROOTWARD_API_KEY;
  return env.ROOTWARD_API_KEY_FILE ? keyIn(env.ROOTWARD_API_KEY_FILE) : undefined;
}

function keyIn(file: string): string {
  let key: string;
  try {
    key = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new RootwardError('NOT_LOGGED_IN', { message: `The API key file ${file} cannot be read.`, cause });
  }
  if (key === '') throw new RootwardError('NOT_LOGGED_IN', { message: `The API key file ${file} is empty.` });
  return key;
}

function checkUrl(url: string): void {
  if (/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return;
  throw new RootwardError('USAGE', { message: `"${url}" is not the URL of a server.`, hint: 'Such as http://127.0.0.1:8480' });
}

function sameOrigin(a: string, b: string): boolean {
  return new URL(a).origin === new URL(b).origin;
}
