import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** One burst of the same request: exactly `amount` of them, so that every one is answered and can be counted. */
export interface LoadOrder {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly connections: number;
  readonly amount: number;
  /** Of every answer; 200 if absent. */
  readonly status?: number;
}

/** Latencies in milliseconds. */
export interface LoadResult {
  readonly answered: number;
  readonly statuses: Readonly<Record<number, number>>;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
}

export interface Load extends Disposable {
  readonly pid: number | undefined;
  send(order: LoadOrder): Promise<LoadResult>;
}

/** Starts the load generator. Every burst must be answered with the status of its order; anything else makes a figure worthless, so it throws. */
export function startLoad(): Load {
  const child: ChildProcess = fork(join(import.meta.dirname, 'generator.ts'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return {
    pid: child.pid,
    async send(order) {
      child.send(order);
      const [result] = (await once(child, 'message')) as [LoadResult];
      if (result.statuses[order.status ?? 200] !== order.amount || result.answered !== order.amount)
        throw new Error(`${order.url}: ${order.amount} requests, answered ${JSON.stringify(result.statuses)}`);
      return result;
    },
    [Symbol.dispose]: () => void child.kill(),
  };
}
