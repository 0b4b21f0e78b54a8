import type { Foundation, Parts } from './compose.ts';
import type { Handler } from './handler.ts';

export function startHosting(_parts: Parts): {
  handlers: (foundation: Foundation) => readonly Handler[];
  start(): Promise<void>;
  stop(withClusters: boolean): Promise<void>;
} {
  return { handlers: () => [], async start() {}, async stop() {} };
}
