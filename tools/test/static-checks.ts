import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { SuiteResult, TestResult } from './run-suite.ts';

const CHECKS: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: 'types', command: ['typescript/bin/tsc', '-p', 'tsconfig.json'] },
  { name: 'format and lint', command: ['@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '.'] },
  {
    name: 'lint with types',
    command: ['oxlint/bin/oxlint', '--type-aware', '--deny-warnings', '-c', '.oxlintrc.json', 'src', 'tools', 'test', 'bench'],
  },
];

/** Types, format and lint; each counts as one test. */
export function runStaticChecks(root: string): SuiteResult {
  const started = process.hrtime.bigint();
  const results = CHECKS.map(({ name, command: [script = '', ...rest] }): TestResult => {
    const run = spawnSync(process.execPath, [join(root, 'node_modules', script), ...rest], { cwd: root, encoding: 'utf8' });
    if (run.status !== 0) process.stdout.write(`${run.stdout}${run.stderr}\n`);
    return { name: `check: ${name}`, status: run.status === 0 ? 'passed' : 'failed' };
  });
  return { suite: 'checks', seconds: Number(process.hrtime.bigint() - started) / 1e9, results, broken: undefined };
}
