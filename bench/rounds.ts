import { cpuSecondsOf, median } from './figures.ts';
import type { Load, LoadOrder, LoadResult } from './load/load.ts';

/** A server under load, and what to send to it. */
export interface Contestant {
  readonly pid: number | undefined;
  readonly order: (amount: number) => LoadOrder;
}

export interface Burst extends LoadResult {
  /** CPU time that the serving process took, in microseconds per request; what else runs on the machine disturbs it least. */
  readonly cpuMicros: number;
}

export interface Round {
  readonly baseline: Burst;
  readonly measured: Burst;
}

export interface Contest {
  readonly baseline: Contestant;
  readonly measured: Contestant;
  readonly rounds: number;
  /** About how long a burst takes. */
  readonly seconds: number;
  readonly warmUp: number;
  readonly connections: number;
}

export interface Contested {
  readonly rounds: readonly Round[];
  /** Requests that were sent to `measured` and answered, with those of the warm-up. */
  readonly answered: number;
}

/** Bursts against the one and the other by turns, so that each pair of figures was taken under the same conditions. */
export async function interleave(load: Load, contest: Contest): Promise<Contested> {
  const { baseline, measured, connections } = contest;
  const amountFor = async ({ order }: Contestant): Promise<number> => {
    const warm = await load.send(order(contest.warmUp));
    return Math.max(connections, Math.round(((warm.answered / warm.seconds) * contest.seconds) / connections) * connections);
  };
  const amounts = { baseline: await amountFor(baseline), measured: await amountFor(measured) };
  const burst = async ({ pid, order }: Contestant, amount: number): Promise<Burst> => {
    const before = cpuSecondsOf(pid);
    const result = await load.send(order(amount));
    return { ...result, cpuMicros: ((cpuSecondsOf(pid) - before) / amount) * 1e6 };
  };
  let answered = contest.warmUp;
  const rounds: Round[] = [];
  for (let index = 0; index < contest.rounds; index += 1) {
    const round = { baseline: await burst(baseline, amounts.baseline), measured: await burst(measured, amounts.measured) };
    answered += round.measured.answered;
    rounds.push(round);
    process.stderr.write(
      `round ${index + 1}: ${perSecond(round.baseline)}/s and ${perSecond(round.measured)}/s, ratio ${ratioOf(round).toFixed(2)}, CPU ${Math.round(round.baseline.cpuMicros)} and ${Math.round(round.measured.cpuMicros)} µs\n`,
    );
  }
  return { rounds, answered };
}

export interface Summary {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMicros: number;
}

export function summarise(bursts: readonly Burst[]): Summary {
  return {
    requestsPerSecond: Math.round(median(bursts.map(perSecond))),
    p50Ms: rounded(median(bursts.map(({ p50 }) => p50))),
    p99Ms: rounded(median(bursts.map(({ p99 }) => p99))),
    cpuMicros: rounded(median(bursts.map(({ cpuMicros }) => cpuMicros))),
  };
}

export function lineOf(name: string, { requestsPerSecond, p50Ms, p99Ms, cpuMicros }: Summary): string {
  return `${name.padEnd(36)} ${String(requestsPerSecond).padStart(7)} requests/s   p50 ${p50Ms} ms   p99 ${p99Ms} ms   CPU ${cpuMicros} µs\n`;
}

export const perSecond = ({ answered, seconds }: LoadResult): number => Math.round(answered / seconds);
export const ratioOf = ({ baseline, measured }: Round): number => perSecond(measured) / perSecond(baseline);
export const rounded = (value: number): number => Math.round(value * 100) / 100;
