import { readFileSync } from 'node:fs';
import { RootwardError } from '../../contract/errors.ts';
import type { Io } from '../io.ts';
import { findDevServer, localDataDir } from './dev-server.ts';
import { type KeptLogin, readKeptLogin } from './kept-login.ts';
import { rememberedDataDir } from './known-servers.ts';

/** Flags by which every command that calls a server can be told whom to call. */
export interface LoginFlags {
  readonly url?: string | undefined;
  readonly apiKeyFile?: string | undefined;
}

export interface Login {
  readonly url: string;
  /** Absent: the login that is kept is used. */
  readonly apiKey?: string;
  readonly kept?: KeptLogin;
  /** The server's data directory, if it is known to be on this machine. */
  readonly dataDir: string | undefined;
}

/**
 * Flags before environment before the login that is kept before the development key of this directory. A login counts only for the
 * server that it was made at; and a development server of this directory is meant before a server that one logged in to elsewhere.
 * Throws NOT_LOGGED_IN.
 */
export function findLogin(flags: LoginFlags, io: Pick<Io, 'env' | 'cwd'>): Login {
  const { env } = io;
  const dev = findDevServer(localDataDir(io));
  const given = givenKey(flags, env);
  const kept = given === undefined ? readKeptLogin(env) : undefined;
  const url = givenUrl(flags, env) ?? dev?.url ?? kept?.url;
  if (url === undefined) throw noServer();
  checkUrl(url);
  const isDev = dev !== undefined && sameOrigin(url, dev.url);
  const found = { url, dataDir: isDev ? dev.dataDir : rememberedDataDir(url, env) };
  if (given !== undefined) return { ...found, apiKey: given };
  if (kept && sameOrigin(url, kept.url)) return { ...found, kept };
  if (isDev && dev.apiKey) return { ...found, apiKey: dev.apiKey };
  throw new RootwardError('NOT_LOGGED_IN', {
    message: `No API key is known for ${url}, and you are not logged in there.`,
    hint: 'Log in with `rootward login`, set ROOTWARD_API_KEY, or name a file that holds a key with --api-key-file.',
  });
}

/** Where to log in: flags before environment before the development server of this directory before the last login. Throws NOT_LOGGED_IN. */
export function findServer(flags: LoginFlags, io: Pick<Io, 'env' | 'cwd'>): string {
  const url = givenUrl(flags, io.env) ?? findDevServer(localDataDir(io))?.url ?? readKeptLogin(io.env)?.url;
  if (url === undefined) throw noServer();
  checkUrl(url);
  return url;
}

function givenUrl(flags: LoginFlags, env: NodeJS.ProcessEnv): string | undefined {
  return (flags.url ?? env.ROOTWARD_URL) || env.KP_TARGET_ADDR || env.KP_PRIVATE_ADDR || undefined;
}

function noServer(): RootwardError {
  return new RootwardError('NOT_LOGGED_IN', {
    message: 'No server is known.',
    hint: 'Log in with `rootward login --url URL`, set ROOTWARD_URL and ROOTWARD_API_KEY, or start a server here with `rootward up --dev`.',
  });
}

function givenKey(flags: LoginFlags, env: NodeJS.ProcessEnv): string | undefined {
  if (flags.apiKeyFile !== undefined) return keyIn(flags.apiKeyFile);
  if (env.ROOTWARD_API_KEY) return env.ROOTWARD_API_KEY;
  return env.ROOTWARD_API_KEY_FILE ? keyIn(env.ROOTWARD_API_KEY_FILE) : undefined;
}

/** The API key in a file. Throws NOT_LOGGED_IN. */
export function keyIn(file: string): string {
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
