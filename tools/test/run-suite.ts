import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPostgres } from '../../test/process/find-postgres.ts';
import type { Suite } from './suites.ts';

export interface TestResult {
  /** `path/of/file.test.ts: title of the group › title of the test` */
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
}

export interface SuiteResult {
  readonly suite: string;
  readonly seconds: number;
  readonly results: readonly TestResult[];
  /** The runner itself failed or did not report: then nothing it says can be believed. */
  readonly broken: string | undefined;
}

interface JsonReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

/** Runs one suite in vitest and reads what it reports. Its talk goes to the terminal as it happens. */
export function runSuite(root: string, suite: Suite): SuiteResult {
  const engine = suite.engine === undefined ? {} : { ROOTWARD_TEST_ENGINE: suite.engine };
  const missing = suite.engine === undefined ? undefined : missingPostgres();
  if (missing !== undefined) {
    const results: TestResult[] = [{ name: `${suite.paths.join(', ')} on PostgreSQL (${missing})`, status: 'skipped' }];
    return { suite: suite.name, seconds: 0, results, broken: undefined };
  }
  const folder = mkdtempSync(join(tmpdir(), 'rootward-test-'));
  const file = join(folder, 'report.json');
  const started = process.hrtime.bigint();
  const arguments_ = [
    'run',
    ...suite.paths,
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${file}`,
    `--testTimeout=${suite.timeoutMs}`,
    `--hookTimeout=${suite.timeoutMs}`,
  ];
  for (const left of suite.not ?? []) arguments_.push(`--exclude=${left}`);
  // By itself vitest leaves one core to the watcher that nobody runs here, which on two cores is half of the machine.
  arguments_.push(suite.serial ? '--no-file-parallelism' : `--maxWorkers=${availableParallelism()}`);
  if (suite.only !== undefined) arguments_.push(`--testNamePattern=${suite.only}`);
  const run = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...arguments_], {
    cwd: root,
    env: { ...process.env, ...engine },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  try {
    const results = readResults(root, JSON.parse(readFileSync(file, 'utf8')) as JsonReport);
    const failed = results.some((result) => result.status === 'failed');
    const broken =
      run.status !== 0 && !failed ? `vitest ended with ${run.status ?? run.signal} although no test failed` : undefined;
    return { suite: suite.name, seconds, results, broken };
  } catch (error) {
    return { suite: suite.name, seconds, results: [], broken: `vitest did not report: ${(error as Error).message}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readResults(root: string, report: JsonReport): TestResult[] {
  return report.testResults.flatMap((file): TestResult[] => {
    const path = file.name.startsWith(root) ? file.name.slice(root.length + 1) : file.name;
    // A file that could not be loaded has no tests in it, yet it is a failure.
    if (file.assertionResults.length === 0 && file.status === 'failed')
      return [{ name: `${path}: (file) ${file.message ?? ''}`, status: 'failed' }];
    return file.assertionResults.map(({ ancestorTitles, title, status }) => ({
      name: `${path}: ${[...ancestorTitles, title].join(' › ')}`,
      status: status === 'passed' || status === 'failed' ? status : 'skipped',
    }));
  });
}

function missingPostgres(): string | undefined {
  const found = findPostgres();
  return 'missing' in found ? found.missing : undefined;
}
