import { chmodSync, renameSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { RootwardError } from '../../../contract/errors.ts';
import { createPrivateServer } from './private-server.ts';

/** The address of a unix socket holds 107 bytes; a new socket has a longer name until it is moved. */
const MOST_PATH_BYTES = 90;

/** The listener for plugins and agents of hosted clusters. */
export interface CompanionSocket {
  /** `unix:///…/server.sock` */
  readonly url: string;
  readonly directory: string;
  /** Takes no new connection and waits for the requests under way. The file stays. */
  close(): Promise<void>;
}

/**
 * Serves every API of the application, which has to be ready, on `server.sock` (0600) in a directory that only this user can enter.
 * What a dead server left there is replaced; one that answers is not: PORT_TAKEN. CONFIG if the path is too long.
 */
export async function listenForCompanions(app: FastifyInstance, directory: string): Promise<CompanionSocket> {
  const path = join(directory, 'server.sock');
  if (Buffer.byteLength(path) > MOST_PATH_BYTES) {
    throw new RootwardError('CONFIG', {
      message: `The path ${path} is too long for a socket.`,
      hint: 'Choose a data directory with a shorter path.',
    });
  }
  if (await isServed(path)) {
    throw new RootwardError('PORT_TAKEN', { message: `Another server answers on ${path}.`, hint: 'Stop that server first.' });
  }
  const { server, close } = createPrivateServer(app);
  const fresh = `${path}.${process.pid}`;
  rmSync(fresh, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(fresh, resolve);
  });
  chmodSync(fresh, 0o600);
  renameSync(fresh, path);
  return {
    url: `unix://${path}`,
    directory,
    close,
  };
}

/** Does a living process listen there? */
function isServed(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ENOENT' && code !== 'ECONNREFUSED'));
  });
}
