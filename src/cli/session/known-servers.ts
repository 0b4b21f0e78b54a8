import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where development servers of this user note which data directory is behind which address, and nothing else. */
function noteOf(url: string, env: NodeJS.ProcessEnv): string {
  const cache = env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache');
  return join(cache, 'rootward', 'servers', `${new URL(url).host.replaceAll(/[^\w.-]/g, '_')}.json`);
}

/** Notes a development server, so that `demo` can show its etcd when it was told only the URL. Returns how to forget it. */
export function rememberServer(url: string, dataDir: string, env: NodeJS.ProcessEnv): () => void {
  const note = noteOf(url, env);
  try {
    mkdirSync(join(note, '..'), { recursive: true, mode: 0o700 });
    writeFileSync(note, JSON.stringify({ url, dataDir }), { mode: 0o600 });
  } catch {
    return () => {}; // no cache directory to write to: the note is a convenience, and --data-dir says the same
  }
  return () => rmSync(note, { force: true });
}

/** The data directory of a development server at this address, or undefined. A note may outlive its server. */
export function rememberedDataDir(url: string, env: NodeJS.ProcessEnv): string | undefined {
  try {
    return (JSON.parse(readFileSync(noteOf(url, env), 'utf8')) as { readonly dataDir: string }).dataDir;
  } catch {
    return undefined; // none is known, or its note is half-written
  }
}
