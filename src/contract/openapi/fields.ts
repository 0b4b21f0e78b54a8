/** One line of a body's description: a field, how deep it lies, and what may be in it. */
export interface Field {
  readonly depth: number;
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string | undefined;
}

interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description?: string;
}

/** The fields of a schema, outer before inner. */
export function fieldsOf(schema: unknown, depth = 0): Field[] {
  const shape = objectOf(schema as Shape);
  return Object.entries(shape?.properties ?? {}).flatMap(([name, inner]) => [
    { depth, name, type: typeText(inner), required: shape?.required?.includes(name) === true, description: inner.description },
    ...fieldsOf(inner, depth + 1),
  ]);
}

/** An object behind an array, or behind a choice with null. */
function objectOf(shape: Shape): Shape | undefined {
  if (shape.properties) return shape;
  if (shape.items) return objectOf(shape.items);
  for (const variant of shape.anyOf ?? []) {
    const found = objectOf(variant);
    if (found) return found;
  }
  return undefined;
}

/** What may be in a field, in a few words: `text, 2–90 characters`. */
export function typeText(schema: unknown): string {
  const shape = schema as Shape;
  if (shape.const !== undefined) return JSON.stringify(shape.const);
  if (shape.enum) return shape.enum.map((value) => JSON.stringify(value)).join(' or ');
  if (shape.anyOf) return [...new Set(shape.anyOf.map(typeText))].join(' or ');
  switch (shape.type) {
    case 'string':
      return `text${range(shape.minLength, shape.maxLength, ' characters')}`;
    case 'integer':
    case 'number':
      return `number${range(shape.minimum, shape.maximum, '')}`;
    case 'boolean':
      return 'yes/no';
    case 'array':
      return `list of ${typeText(shape.items ?? {})}`;
    case 'object':
      return 'object';
    case 'null':
      return 'null';
    default:
      return 'anything';
  }
}

function range(least: number | undefined, most: number | undefined, unit: string): string {
  if (most === undefined) return least === undefined || least === 0 || unit !== '' ? '' : `, at least ${least}`;
  return least === undefined ? `, up to ${most}${unit}` : `, ${least}–${most}${unit}`;
}
