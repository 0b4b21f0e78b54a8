declare module 'autocannon' {
  import type { EventEmitter } from 'node:events';

  /** The part of autocannon's interface that the load generator uses. */
  export interface Options {
    readonly url: string;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly connections: number;
    readonly amount: number;
  }

  export default function autocannon(options: Options, done: (error: Error | null, result: unknown) => void): EventEmitter;
}
