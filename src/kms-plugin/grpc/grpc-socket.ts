import { createServer, type Socket } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { fixAuthority } from './authority-fix.ts';
import { listenByRename } from './listen.ts';

const MOST_MESSAGE_BYTES = 64 * 1024;

export interface GrpcSocket {
  /** Answers what is in progress, tells clients to connect again, and closes. Takes `graceMs` at most. */
  readonly drain: (graceMs: number) => Promise<void>;
}

/** Serves gRPC on a unix socket of our own, because grpc-js neither renames nor sets modes. */
export async function serveGrpc(
  path: string,
  compatAuthority: boolean,
  addServices: (server: Server) => void,
): Promise<GrpcSocket> {
  const grpc = new Server({
    'grpc.max_receive_message_length': MOST_MESSAGE_BYTES,
    'grpc.max_send_message_length': MOST_MESSAGE_BYTES,
  });
  addServices(grpc);
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const open = new Set<Socket>();
  const listener = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    // A client that goes away is no event for this process.
    socket.on('error', () => socket.destroy());
    injector.injectConnection(compatAuthority ? fixAuthority(socket) : socket);
  });
  const bound = await listenByRename(listener, path);
  return {
    drain: async (graceMs) => {
      bound.release();
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      injector.drain(graceMs);
      const force = setTimeout(() => {
        for (const socket of open) socket.destroy();
      }, graceMs);
      await closed;
      clearTimeout(force);
      grpc.forceShutdown();
    },
  };
}
