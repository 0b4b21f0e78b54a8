import type { TSchema } from 'typebox';
import { RootwardError } from '../contract/errors.ts';
import type { InputSchemas } from '../contract/operation.ts';

/** What is read of a JSON schema here. */
interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
}

/** A dotted place in an operation's input, such as `body.name`, with what its schema says. */
export interface Place {
  readonly path: readonly string[];
  readonly type: 'text' | 'integer' | 'boolean' | 'list';
  readonly required: boolean;
  /** The only values, where there are only some. */
  readonly choices: readonly string[] | undefined;
}

/** Finds a place in the schemas. Throws where there is none: a binding that points nowhere is a defect. */
export function placeAt(input: InputSchemas, into: string): Place {
  const path = into.split('.');
  let shape: Shape = { properties: { ...input } as unknown as Record<string, Shape>, required: Object.keys(input) };
  let required = true;
  for (const name of path) {
    const owner = objectIn(shape, name);
    const inner = owner?.properties?.[name];
    if (!inner) throw new Error(`the command line names ${into}, which is no input`);
    required &&= shape === owner && !isOptional(inner) && (owner.required?.includes(name) ?? false);
    shape = inner;
  }
  const choices = choicesOf(shape);
  return { path, type: typeOf(shape), required, choices };
}

/** A body may be null or an object; the place is in the object. */
function objectIn(shape: Shape, name: string): Shape | undefined {
  return [shape, ...(shape.anyOf ?? [])].find(({ properties }) => properties && Object.hasOwn(properties, name));
}

const isOptional = (shape: Shape) => '~optional' in (shape as TSchema);

function typeOf(shape: Shape): Place['type'] {
  if (shape.type === 'integer' || shape.type === 'boolean') return shape.type;
  return shape.type === 'array' ? 'list' : 'text';
}

function choicesOf(shape: Shape): readonly string[] | undefined {
  if (shape.enum) return shape.enum.map(String);
  const consts = shape.anyOf?.map((variant) => variant.const);
  return consts?.every((value) => typeof value === 'string') ? consts.map(String) : undefined;
}

/** Turns what was typed into what the schema wants. Throws USAGE, naming the word or flag. */
export function convert(place: Place, value: unknown, label: string): unknown {
  if (place.type === 'integer') {
    if (typeof value === 'string' && /^-?\d{1,15}$/.test(value)) return Number(value);
    throw usage(`${label} must be a whole number.`, place);
  }
  if (place.type === 'boolean') return value === true || value === 'true';
  if (place.type === 'list') return Array.isArray(value) ? value : [value];
  if (place.choices && !place.choices.includes(String(value))) {
    throw usage(`${label} must be one of ${place.choices.join(', ')}.`, place);
  }
  return value;
}

function usage(message: string, place: Place): RootwardError {
  return new RootwardError('USAGE', { message, target: { type: 'field', name: place.path.slice(1).join('.') } });
}

/** The loose input that is filled part by part. */
export type Input = Record<string, unknown>;

export function putAt(input: Input, path: readonly string[], value: unknown): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    input[name] = value;
    return;
  }
  const inner = (input[name] ?? {}) as Input;
  input[name] = inner;
  putAt(inner, rest, value);
}
