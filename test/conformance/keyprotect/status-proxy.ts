import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy that can lie about the status of answers: what the checks of a method are tried against. */
export interface StatusProxy extends AsyncDisposable {
  readonly url: string;
  /** From now on every answer that is lied about has this status in place of its own; undefined: its own. */
  pretend(lie: ((status: number) => number) | undefined): void;
}

/** Passes everything on to `to`; lies about answers to addresses that begin with `below`. */
export async function startStatusProxy(to: string, below = '/api/v2'): Promise<StatusProxy> {
  let lie: ((status: number) => number) | undefined;
  const server = createServer((incoming, answer) => {
    const { method, headers, url = '' } = incoming;
    const onward = request(to + url, { ...(method !== undefined && { method }), headers, agent: false }, (response) => {
      const status = response.statusCode ?? 0;
      answer.writeHead(lie && url.startsWith(below) ? lie(status) : status, response.headers);
      response.pipe(answer);
    });
    onward.on('error', (error) => answer.destroy(error));
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pretend(next) {
      lie = next;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
