import type { Server } from 'node:http';

const TIDY_MS = 50;
const LONGEST_MS = 10_000;

/**
 * Ends a listener: `close` makes it take no new connection and resolves when the last one is gone. What is under way is answered, and
 * no more: a client that keeps its connection for a next request would hold the server for a minute, one that never ends its request
 * for ever.
 */
export async function drain(server: Server, close: () => Promise<unknown>, longestMs = LONGEST_MS): Promise<void> {
  const tidying = setInterval(() => server.closeIdleConnections(), TIDY_MS);
  const cutting = setTimeout(() => server.closeAllConnections(), longestMs);
  try {
    await close();
  } finally {
    clearInterval(tidying);
    clearTimeout(cutting);
  }
}
