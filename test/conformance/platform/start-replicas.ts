import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sharedPostgres } from '../../process/postgres.ts';
import type { ServerFacts } from '../../process/server-process.ts';
import { spawnReady } from '../../process/spawn-ready.ts';
import { openScene } from './scene.ts';
import type { StartedScene } from './start-scene.ts';

type Said = ServerFacts & { readonly apiKeyFile?: string };

/** A scene on two servers that share a PostgreSQL. */
export async function startReplicas(): Promise<StartedScene> {
  const home = mkdtempSync(join(tmpdir(), 'rootward-platform-'));
  const database = await (await sharedPostgres()).createDatabase('empty');
  const seal = { kind: 'file', file: join(home, 'seal', 'key') };
  const start = (name: string) => {
    const flags = { dataDir: join(home, name), listen: '127.0.0.1:0', managementListen: '127.0.0.1:0', logLevel: 'warn', seal };
    const env = { ROOTWARD_STORE_URL: database.url };
    return spawnReady<Said>(join(import.meta.dirname, '../../process/serve.ts'), [JSON.stringify(flags)], { env });
  };
  const first = await start('a');
  const second = await start('b');
  const apiKey = readFileSync(first.said.apiKeyFile ?? '', 'utf8').trim();
  return {
    scene: await openScene({ ...first.said, apiKey }),
    urls: [first.said.url, second.said.url],
    async [Symbol.asyncDispose]() {
      await Promise.all([first, second].map(({ end }) => end('SIGKILL')));
      await database.drop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
