import fc from 'fast-check';
import type { TSchema } from 'typebox';

/** The part of JSON Schema that the contract uses. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Values that exist, by the name of the field that takes them; under `''` for every other field. */
export type Known = Readonly<Record<string, readonly string[]>>;

const junk = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(null, '', 0, -1, 1e308, true, [], {}, 'null', '../..', "'; --", '\u0000', '🔑', 'a'.repeat(5000)),
);

/** Values that mostly fit the schema, so that they come past the first check, with something wrong in one place or another. */
export function valuesFor(schema: TSchema, known: Known): fc.Arbitrary<unknown> {
  return valueFor(schema as Schema, known);
}

function valueFor(schema: Schema, known: Known, name = ''): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: fitting(schema, known, name) }, { weight: 1, arbitrary: junk });
}

function fitting(schema: Schema, known: Known, name: string): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => valueFor(one, known, name)));
  switch (schema.type) {
    case 'object':
      return objects(schema, known);
    case 'array':
      return fc.array(valueFor(schema.items ?? {}, known), { maxLength: 3 });
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -5, max: schema.maximum ?? 1000 });
    case 'boolean':
      return fc.boolean();
    case 'string':
      return texts(schema, known[name] ?? known[''] ?? []);
    default:
      return junk;
  }
}

function objects({ properties = {}, required = [] }: Schema, known: Known): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, valueFor(schema, known, name)]));
  const whole = fc.record(fields, { requiredKeys: required.filter((name) => name in fields) });
  const partial = fc.record(fields, { requiredKeys: [] });
  const withMore = fc
    .tuple(whole, fc.dictionary(fc.string(), junk, { maxKeys: 2 }))
    .map(([object, more]) => ({ ...object, ...more }));
  return fc.oneof({ weight: 6, arbitrary: whole }, { weight: 1, arbitrary: partial }, { weight: 1, arbitrary: withMore });
}

function texts({ pattern, minLength = 0, maxLength = 60 }: Schema, known: readonly string[]): fc.Arbitrary<string> {
  const free = fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 60) });
  const fit = pattern === undefined ? free : fc.stringMatching(new RegExp(pattern));
  return known.length === 0 ? fit : fc.oneof({ weight: 1, arbitrary: fit }, { weight: 3, arbitrary: fc.constantFrom(...known) });
}
