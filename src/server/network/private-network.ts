import type { Server } from 'node:net';

/** Connections that came by a listener of the private network. What a request itself says about its way is never asked. */
const connections = new WeakSet<object>();

/** Everything that arrives on this server, from now on, counts as private. */
export function countAsPrivate(server: Server): void {
  const remember = (connection: object): void => {
    connections.add(connection);
  };
  server.on('connection', remember);
  // With TLS, requests are read from another object than the one that was accepted.
  server.on('secureConnection', remember);
}

/** Did the connection come by a private listener? Known from its beginning, so that it does not matter whether it still stands. */
export function isPrivate(connection: object): boolean {
  return connections.has(connection);
}
