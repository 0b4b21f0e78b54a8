import { RootwardError } from '../../../contract/errors.ts';

/** One hash takes 128 MiB and a thread that durable writes need too, so few are made at a time. */
const AT_ONCE = 2;
const MOST_WAITING = 64;

let running = 0;
const waiting: (() => void)[] = [];

/**
 * Runs the costly work on a password when its turn comes. Whoever sends passwords by the thousand waits behind himself and then is
 * refused (OVERLOADED); he takes neither the memory nor the threads of the rest of the server.
 */
export async function inPasswordTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) {
    if (waiting.length >= MOST_WAITING) {
      throw new RootwardError('OVERLOADED', { message: 'Too many passwords are being checked.', retryAfterSeconds: 5 });
    }
    await new Promise<void>((go) => waiting.push(go));
  } else running += 1;
  try {
    return await work();
  } finally {
    // The turn is handed on, so that nobody who comes now gets before those who wait.
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}
