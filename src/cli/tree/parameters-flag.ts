import { readFileSync } from 'node:fs';
import { RootwardError } from '../../contract/errors.ts';

/** The flags by which people give the parameters of an instance: syntax → help. */
export const PARAMETER_FLAGS = {
  '-p, --parameters <json|@file>': 'parameters of the service, as JSON or in a file of JSON',
  '--service-endpoints <endpoints>': 'public, private or public-and-private',
} as const;

/** What `-p` and `--service-endpoints` say; undefined: nothing. Throws USAGE. */
export function parametersOf(flags: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  const given = typeof flags.parameters === 'string' ? readParameters(flags.parameters) : undefined;
  if (flags.serviceEndpoints === undefined) return given;
  return { ...given, 'service-endpoints': flags.serviceEndpoints };
}

function readParameters(written: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(written.startsWith('@') ? readFileSync(written.slice(1), 'utf8') : written);
  } catch (cause) {
    throw new RootwardError('USAGE', {
      message: '--parameters must be a JSON object, or @ and the name of a file with one.',
      cause,
    });
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
  throw new RootwardError('USAGE', { message: '--parameters must be a JSON object.' });
}

/** `--allow-cleanup` may stand alone, or say true or false. */
export function allowCleanupOf(value: unknown): boolean | undefined {
  if (value === undefined) return undefined;
  if (value === true || value === 'true') return true;
  if (value === 'false') return false;
  throw new RootwardError('USAGE', { message: '--allow-cleanup must be true or false.' });
}
