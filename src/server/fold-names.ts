import type { TSchema } from 'typebox';

export type Fold = (value: unknown) => unknown;

interface ObjectOrArray {
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly items?: TSchema;
}

/**
 * Gives the fields of a body the names of the schema where they differ in case only: Key Protect reads them so, and its Go client
 * writes some with a capital. Fields that the schema does not know stay as they are. Undefined where there is nothing to fold.
 */
export function foldNames(schema: TSchema): Fold | undefined {
  const { properties, items } = schema as ObjectOrArray;
  if (properties) return foldObject(properties);
  const fold = items && foldNames(items);
  return fold && ((value) => (Array.isArray(value) ? value.map(fold) : value));
}

function foldObject(properties: Readonly<Record<string, TSchema>>): Fold {
  const names = new Map(Object.keys(properties).map((name) => [name.toLowerCase(), name]));
  const inner = new Map(Object.entries(properties).map(([name, schema]) => [name, foldNames(schema)]));
  const plain = new Set([...inner].flatMap(([name, fold]) => (fold ? [] : [name])));
  const nameOf = (given: string, value: object): string => {
    if (inner.has(given)) return given;
    const name = names.get(given.toLowerCase());
    // A field in its right case goes before one in another.
    return name === undefined || Object.hasOwn(value, name) ? given : name;
  };
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    // Most clients write every name as it is; then there is nothing to make anew.
    if (Object.keys(value).every((given) => plain.has(given))) return value;
    const fields = Object.entries(value).map(([given, field]: [string, unknown]): [string, unknown] => {
      const name = nameOf(given, value);
      const fold = inner.get(name);
      return [name, fold ? fold(field) : field];
    });
    return Object.fromEntries(fields);
  };
}
