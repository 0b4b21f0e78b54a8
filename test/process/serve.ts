/** A real server in a process of its own: `serve.ts FLAGS` (JSON). Prints what it is as one line of JSON when it is ready; SIGTERM ends it cleanly. */
import { loadConfig } from '../../src/server/config.ts';
import { startServer } from '../../src/server/main.ts';

const [flags = '{}'] = process.argv.slice(2);
const server = await startServer(loadConfig({ env: process.env, flags: JSON.parse(flags) as { [name: string]: unknown } }));
process.once('SIGTERM', () => {
  void server.close({ withClusters: true }).then(() => process.exit(0));
});
process.stdout.write(`${JSON.stringify(server)}\n`);
