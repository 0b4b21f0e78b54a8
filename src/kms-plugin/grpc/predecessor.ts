import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const STEP_MS = 50;

/** Does a living process answer on this socket? */
export async function isServed(path: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** While a predecessor serves, its successor takes over only when it is ready itself, or after `patienceMs`. */
export async function awaitTurn(path: string, isReady: () => boolean, patienceMs: number): Promise<void> {
  if (!(await isServed(path))) return;
  for (let waited = 0; waited < patienceMs && !isReady(); waited += STEP_MS) await sleep(STEP_MS);
}
