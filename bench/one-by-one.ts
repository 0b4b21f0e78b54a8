import { Agent, type IncomingMessage, request } from 'node:http';
import { performance } from 'node:perf_hooks';

export interface Ask {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

/** One connection on which one request follows the other. */
export interface Connection extends Disposable {
  /** The median latency of these requests, in ms. Throws where one is not answered with 200. */
  p50(asks: readonly Ask[]): Promise<number>;
  /** The latencies of these requests, in ms, from the shortest to the longest. Throws where one is not answered with 200. */
  latencies(asks: readonly Ask[]): Promise<number[]>;
}

export function connectTo(url: string, headers: Readonly<Record<string, string>>): Connection {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = ({ method, path, body }: Ask): Promise<number> =>
    new Promise((resolve, reject) => {
      const started = performance.now();
      const sent = request(url + path, { agent, method, headers }, (answer: IncomingMessage) => {
        answer.resume().on('end', () => {
          if (answer.statusCode === 200) resolve(performance.now() - started);
          else reject(new Error(`${method} ${path} answered ${answer.statusCode}`));
        });
      });
      sent.on('error', reject).end(body);
    });
  const sendAll = async (asks: readonly Ask[]): Promise<number[]> => {
    const latencies: number[] = [];
    for (const ask of asks) latencies.push(await send(ask));
    return latencies.sort((a, b) => a - b);
  };
  return {
    latencies: sendAll,
    async p50(asks) {
      const latencies = await sendAll(asks);
      return latencies[latencies.length >> 1] ?? Number.NaN;
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}
