import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { RootwardError } from '../../contract/errors.ts';

/**
 * Below the range from which Linux gives ports to outgoing connections (32768 and up): one of those could hold the port of an
 * apiserver while it is started again, and its URL would change.
 */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;

/** A TCP port of 127.0.0.1 that nobody uses at this moment, looked for upwards from `start`. */
export async function freePort(
  taken: readonly number[] = [],
  start: number = randomInt(FIRST_PORT, LAST_PORT + 1),
): Promise<number> {
  const count = LAST_PORT - FIRST_PORT + 1;
  for (let step = 0; step < count; step += 1) {
    const port = FIRST_PORT + ((start - FIRST_PORT + step) % count);
    if (!taken.includes(port) && (await isPortFree(port))) return port;
  }
  throw new RootwardError('CONTROL_PLANE_UNAVAILABLE', { message: `No port from ${FIRST_PORT} to ${LAST_PORT} is free.` });
}

/** May we listen on this port of 127.0.0.1? */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
