import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { RootwardError } from '../../contract/errors.ts';

/** What `rootward login` leaves for the commands after it. */
export interface KeptLogin {
  readonly url: string;
  readonly accountId: string;
  readonly iamId: string;
  /** Who is logged in, in words: an e-mail address or a name. */
  readonly user: string;
  /** Commands act as this trusted profile, and not as who is logged in. */
  readonly profile?: { readonly id: string; readonly name: string };
  readonly accessToken: string;
  /** Milliseconds since 1970: from then on it is exchanged for a new one. */
  readonly staleAt: number;
  /** Good for one use. */
  readonly refreshToken: string;
  /** Chosen by `rootward target -g`; absent: the default one of the account. */
  readonly resourceGroupId?: string;
}

type Env = NodeJS.ProcessEnv;

/** Who commands act as, in words. */
export function nameOf({ user, profile }: KeptLogin): string {
  return profile ? `${user}, acting as the trusted profile ${profile.name}` : user;
}

export function loginFile(env: Env): string {
  return join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'rootward', 'login.json');
}

/** Undefined: nobody is logged in. Throws CONFIG where others could read the file, or it cannot be read at all. */
export function readKeptLogin(env: Env): KeptLogin | undefined {
  const file = loginFile(env);
  try {
    const text = readFileSync(file, 'utf8');
    if ((statSync(file).mode & 0o077) === 0) return JSON.parse(text) as KeptLogin;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new RootwardError('CONFIG', {
      message: `The login in ${file} cannot be read.`,
      hint: 'Delete it and log in again.',
      cause,
    });
  }
  throw new RootwardError('CONFIG', {
    message: `The login in ${file} can be read by other users of this machine.`,
    hint: `chmod 600 ${file}; if somebody may have read it, log out and in again.`,
  });
}

/** The file is the old login or the new one, whatever happens meanwhile; only its owner can read it. */
export function keepLogin(env: Env, login: KeptLogin): void {
  const file = loginFile(env);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${randomUUID()}`;
  const descriptor = openSync(fresh, 'wx', 0o600);
  try {
    writeSync(descriptor, `${JSON.stringify(login)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(fresh, file);
}

export function forgetLogin(env: Env): void {
  rmSync(loginFile(env), { force: true });
}
