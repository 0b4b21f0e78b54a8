import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { RootwardError } from '../../contract/errors.ts';

/** A condition as version 2 takes it. */
export interface CliCondition {
  readonly key: string;
  readonly operator: 'stringEquals' | 'stringMatch';
  readonly value: string;
}

/** A value with `*` or `?` in it is a pattern; one that is not there is no condition. */
export function conditionsOf(values: Readonly<Record<string, string | undefined>>): CliCondition[] {
  return Object.entries(values).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const isPattern = /[*?]/.test(value) && key !== 'accountId' && key !== 'serviceName';
    return [{ key, operator: isPattern ? ('stringMatch' as const) : ('stringEquals' as const), value }];
  });
}

/** `name=value,name=value` → an object. Throws USAGE. */
export function namedValues(text: string | undefined, flag: string): Record<string, string> {
  if (text === undefined) return {};
  const pairs = text.split(',').map((pair): [string, string] => {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(at, 0)).trim();
    const value = pair.slice(at + 1).trim();
    if (name !== '' && value !== '') return [name, value];
    throw new RootwardError('USAGE', { message: `${flag} is a comma list of name=value, not "${pair}".` });
  });
  return Object.fromEntries(pairs);
}

/** A policy from a file, as the API takes it. Throws USAGE. */
export function policyFile(path: string, cwd: string): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    text = readFileSync(resolve(cwd, path), 'utf8');
  } catch (cause) {
    throw new RootwardError('USAGE', { message: `The file ${path} cannot be read.`, cause });
  }
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (cause) {
    throw new RootwardError('USAGE', { message: `The file ${path} is not JSON.`, cause });
  }
  if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read as Readonly<Record<string, unknown>>;
  throw new RootwardError('USAGE', { message: `The file ${path} does not hold a policy.` });
}
