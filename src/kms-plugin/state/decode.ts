import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { RootwardError } from '../../contract/errors.ts';

/** A value that has exactly the shape of the schema. Throws CONFIG naming `source` and the field that is wrong. */
export function decodeStrict<S extends TSchema>(schema: S, value: unknown, source: string): Static<S> {
  if (Value.Check(schema, value)) return value;
  const errors = Value.Errors(schema, value);
  const error = errors.find(({ keyword }) => keyword !== 'boolean') ?? errors[0];
  const unknown =
    error?.keyword === 'additionalProperties'
      ? (error.params as { additionalProperties: string[] }).additionalProperties[0]
      : undefined;
  const field = `${error?.instancePath ?? ''}${unknown === undefined ? '' : `/${unknown}`}`.slice(1).replaceAll('/', '.');
  const problem = unknown === undefined ? error?.message : 'is not a known field';
  const name = field === '' ? 'the whole document' : field;
  throw new RootwardError('CONFIG', {
    message: `${source}: ${name} ${problem ?? 'is not valid'}`,
    target: { type: 'field', name },
  });
}

/** JSON text of the shape of the schema. Throws CONFIG. */
export function decodeJson<S extends TSchema>(schema: S, text: string, source: string): Static<S> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new RootwardError('CONFIG', { message: `${source}: not JSON`, cause });
  }
  return decodeStrict(schema, value, source);
}
