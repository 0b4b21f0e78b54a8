/** A part of the test command: what vitest is given, and how long it may take on two cores with warm caches. */
export interface Suite {
  readonly name: string;
  readonly paths: readonly string[];
  /** Minutes of the budget; printed beside the time it took. */
  readonly budgetMinutes: number;
  /** Files one after the other: they start whole servers and clusters, and two cores are not more. */
  readonly serial: boolean;
  readonly timeoutMs: number;
  /** Files that are left out: they say themselves on which engine they run. */
  readonly not?: readonly string[];
  /** The engine under the tests that do not say which; by default the embedded one. */
  readonly engine?: 'postgres';
  /** Only tests whose title matches; the others count as skipped. */
  readonly only?: string;
}

export const SUITES: readonly Suite[] = [
  { name: 'unit', paths: ['src', 'tools'], budgetMinutes: 5, serial: false, timeoutMs: 30_000 },
  {
    name: 'postgres',
    paths: ['src/server/kms', 'src/server/iam', 'src/server/jobs', 'src/server/resources', 'src/server/events'],
    budgetMinutes: 5,
    serial: false,
    timeoutMs: 60_000,
    engine: 'postgres',
    not: ['**/key-model.test.ts', '**/key-states.test.ts'],
  },
  { name: 'conformance', paths: ['test/conformance'], budgetMinutes: 2, serial: true, timeoutMs: 120_000 },
  { name: 'clusters', paths: ['test/e2e'], budgetMinutes: 15, serial: true, timeoutMs: 420_000 },
  { name: 'faults', paths: ['test/reliability'], budgetMinutes: 10, serial: true, timeoutMs: 420_000 },
];
