import { join } from 'node:path';
import { checkAcceptance } from './acceptance.ts';
import { runSuite, type SuiteResult } from './run-suite.ts';
import { runStaticChecks } from './static-checks.ts';
import { SUITES } from './suites.ts';

// `npm test`: everything. `npm test -- unit faults`: these suites. `npm run check`: types, format and lint only.
const root = join(import.meta.dirname, '../..');
const isCi = process.env.CI === 'true';
const wanted = process.argv.slice(2);
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);

const unknown = wanted.filter((name) => !['check', 'checks', 'acceptance', ...SUITES.map((suite) => suite.name)].includes(name));
if (unknown.length > 0) {
  process.stderr.write(
    `there is no suite ${unknown.join(', ')}; there are: checks, ${SUITES.map((suite) => suite.name).join(', ')}\n`,
  );
  process.exit(1);
}

const done: SuiteResult[] = [];
if (isWanted('checks') || wanted.includes('check')) done.push(runStaticChecks(root));
for (const suite of SUITES) if (isWanted(suite.name)) done.push(runSuite(root, suite));
if (wanted.length === 0)
  done.push(
    checkAcceptance(
      root,
      done.flatMap((suite) => suite.results),
      isCi,
    ),
  );

report(done);

function report(suites: readonly SuiteResult[]): void {
  const results = suites.flatMap((suite) => suite.results);
  const skipped = results.filter((result) => result.status === 'skipped');
  const failed = results.filter((result) => result.status === 'failed');
  const passed = results.filter((result) => result.status === 'passed');
  const broken = suites.filter((suite) => suite.broken !== undefined);
  // In CI everything is there to run every test, so a skip hides something.
  const counted = failed.length + broken.length + (isCi ? skipped.length : 0);
  const lines = [''];
  for (const suite of suites) {
    const budget = SUITES.find(({ name }) => name === suite.suite)?.budgetMinutes;
    lines.push(
      `${suite.suite.padEnd(12)} ${suite.seconds.toFixed(1).padStart(7)} s${budget ? ` of ${budget} min` : ''}${suite.broken ? `  BROKEN: ${suite.broken}` : ''}`,
    );
  }
  for (const { name } of skipped) lines.push(`skipped: ${name}`);
  for (const { name } of failed) lines.push(`failed: ${name}`);
  lines.push(`${passed.length} passed, ${counted} failed`);
  process.stdout.write(`${lines.join('\n')}\n`);
  process.exitCode = counted > 0 || passed.length === 0 ? 1 : 0;
}
