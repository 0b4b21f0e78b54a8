import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServerProcess } from '../../process/server-process.ts';
import { openScene, type Scene } from './scene.ts';

/** A scene on a server process of its own. */
export interface StartedScene extends AsyncDisposable {
  readonly scene: Scene;
  /** Every server that serves it. */
  readonly urls: readonly string[];
}

export async function startScene(): Promise<StartedScene> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rootward-platform-'));
  const server = await startServerProcess(dataDir);
  return {
    scene: await openScene(server.said),
    urls: [server.said.url],
    async [Symbol.asyncDispose]() {
      await server.end('SIGKILL');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
