import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { runSuite } from './run-suite.ts';
import type { Suite } from './suites.ts';

// `npm run test:long -- NAME [PART]`: what takes too long for every change. PART chooses tests by their title. What was seen is
// written to docs/evidence/NAME.json.
const root = join(import.meta.dirname, '../..');
const hour = 60 * 60_000;

const LONG: readonly Suite[] = [
  { name: 'crash', paths: ['test/long/crash.test.ts'], budgetMinutes: 60, serial: true, timeoutMs: hour },
];

const [name, part] = process.argv.slice(2);
const suite = LONG.find((one) => one.name === name);
if (suite === undefined) {
  process.stderr.write(`usage: npm run test:long -- NAME [PART]; there are: ${LONG.map((one) => one.name).join(', ')}\n`);
  process.exit(1);
}

const startedAt = new Date().toISOString();
const { seconds, results, broken } = runSuite(root, { ...suite, ...(part !== undefined && { only: part }) });
const ran = results.filter((result) => result.status !== 'skipped');
const failed = ran.filter((result) => result.status === 'failed');
const evidence = {
  name: suite.name,
  ...(part !== undefined && { part }),
  startedAt,
  seconds: Math.round(seconds),
  commit: execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
  node: process.version,
  machine: { cpus: cpus().length, model: cpus()[0]?.model, memoryGiB: Math.round(totalmem() / 2 ** 30) },
  passed: ran.length - failed.length,
  failed: failed.length,
  ...(broken !== undefined && { broken }),
  results,
};
const folder = join(root, 'docs/evidence');
mkdirSync(folder, { recursive: true });
const file = join(folder, `${suite.name}${part === undefined ? '' : `-${part.replaceAll(/\W+/g, '-')}`}.json`);
writeFileSync(file, `${JSON.stringify(evidence, null, 2)}\n`);
process.stdout.write(`${evidence.passed} passed, ${evidence.failed} failed; written to ${file}\n`);
process.exitCode = failed.length > 0 || broken !== undefined || ran.length === 0 ? 1 : 0;
