import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SuiteResult, TestResult } from './run-suite.ts';

const NAMED_TEST = /`((?:src|test|tools)\/[^`]+?\.test\.ts: [^`]+)`/g;

/** Checks that every test that docs/acceptance.md names exists and ran. A skipped one counts only outside CI. */
export function checkAcceptance(root: string, ran: readonly TestResult[], isCi: boolean): SuiteResult {
  const text = readFileSync(join(root, 'docs/acceptance.md'), 'utf8');
  const status = new Map(ran.map((result) => [result.name, result.status]));
  const names = [...new Set([...text.matchAll(NAMED_TEST)].map(([, name = '']) => name))];
  const wrong = names.filter((name) => {
    const found = status.get(name);
    return found === undefined || found === 'failed' || (found === 'skipped' && isCi);
  });
  for (const name of wrong)
    process.stdout.write(`acceptance.md names a test that did not pass: ${name} (${status.get(name) ?? 'does not exist'})\n`);
  const isShown = names.length > 0 && wrong.length === 0;
  const title = `check: each of the ${names.length} tests that docs/acceptance.md names exists and ran`;
  return {
    suite: 'acceptance',
    seconds: 0,
    results: [{ name: title, status: isShown ? 'passed' : 'failed' }],
    broken: undefined,
  };
}
