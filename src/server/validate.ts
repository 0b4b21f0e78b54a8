import Type, { type TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { RootwardError } from '../contract/errors.ts';
import type { InputOf, InputSchemas, Operation } from '../contract/operation.ts';
import { type Fold, foldNames } from './fold-names.ts';
import { PATTERN_WORDS } from './validation/pattern-words.ts';
import { unstorableText } from './validation/unstorable-text.ts';

/** What came over the wire, not yet trusted. */
export interface RawInput {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
  /** `undefined` or `null`: there was no body. */
  readonly body: unknown;
}

export type Check<I extends InputSchemas> = (raw: RawInput) => InputOf<I>;

/** Compiles an operation's schemas once. The check throws an error that names the first wrong field, parameter or header. */
export function compileCheck<I extends InputSchemas>(operation: Operation<I>): Check<I> {
  const { params, query, headers, body } = operation.input;
  const checkParams = params && partCheck(params, 'field');
  const checkQuery = query && partCheck(query, 'query_param');
  const checkHeaders = headers && partCheck(headers, 'header');
  const checkBody = body && bodyCheck(body, operation.api === 'key-protect' ? foldNames(body) : undefined, operation.mutates);
  return (raw) => {
    const checked = {
      params: checkParams ? checkParams(raw.params) : {},
      query: checkQuery ? checkQuery(convertQuery(query, raw.query)) : {},
      headers: checkHeaders ? checkHeaders(raw.headers) : {},
      body: checkBody ? checkBody(raw.body) : undefined,
    };
    return checked as InputOf<I>;
  };
}

type SchemaError = ReturnType<Validator['Errors']>[number];

type TargetType = 'field' | 'query_param' | 'header';

function partCheck(schema: TSchema, type: TargetType): (value: unknown) => unknown {
  const validator = Compile(schema);
  return (value) => {
    if (!validator.Check(value)) throw firstError(validator, value, type);
    // A header holds no such text. An address is looked for in the store, whatever the operation does.
    if (type !== 'header') refuseUnstorable(value, type);
    return value;
  };
}

/** `isKept`: what the body says is written to the store. */
function bodyCheck(schema: TSchema, fold: Fold | undefined, isKept: boolean): (value: unknown) => unknown {
  const validator = Compile(schema);
  const isOptional = Type.IsOptional(schema);
  return (given) => {
    const value = fold ? fold(given) : given;
    // Some clients send the literal null where they mean nothing.
    if (value === undefined || value === null) {
      if (isOptional) return undefined;
      throw new RootwardError('NO_BODY');
    }
    if (!validator.Check(value)) throw firstError(validator, value, 'field');
    if (isKept) refuseUnstorable(value, 'field');
    return value;
  };
}

function refuseUnstorable(value: unknown, type: TargetType): void {
  const found = unstorableText(value);
  if (found) throw wrongPart(type, found.path, found.fault);
}

function firstError(validator: Validator, value: unknown, type: TargetType): RootwardError {
  const errors = validator.Errors(value);
  const [error] = errors;
  const path = error?.instancePath.replace(/^\//, '').replaceAll('/', '.') ?? '';
  const lacking =
    error?.keyword === 'required' ? (error.params as { requiredProperties?: string[] }).requiredProperties?.[0] : undefined;
  const name = [path, lacking].filter(Boolean).join('.');
  const wrong = lacking ? 'is missing' : (choices(errors) ?? patternWords(error) ?? error?.message ?? 'is not valid');
  // A wrong value is never repeated: it may be the secret itself.
  if (name === '') return new RootwardError('BAD_BODY', { message: `The body ${wrong}.` });
  // What has resources without an envelope around them is no body of this API, as Key Protect has it.
  if (name === 'metadata' && lacking)
    return new RootwardError('BAD_BODY', { message: 'Field metadata is missing.', target: { type, name } });
  return wrongPart(type, name, wrong);
}

function wrongPart(type: TargetType, name: string, wrong: string): RootwardError {
  const code = type === 'query_param' ? 'INVALID_QUERY' : 'INVALID_FIELD';
  const kind = type === 'field' ? 'Field' : type === 'header' ? 'Header' : 'Query parameter';
  return new RootwardError(code, { message: `${kind} ${name} ${wrong}.`, target: { type, name } });
}

/** Where only some values are taken, and this is none of them: which those are. */
function choices([first, ...others]: readonly SchemaError[]): string | undefined {
  if (first?.keyword === 'enum') return `is none of: ${(first.params as { allowedValues: unknown[] }).allowedValues.join(', ')}`;
  if (first?.keyword !== 'const') return undefined;
  const same = [first, ...others].filter(
    ({ keyword, instancePath }) => keyword === 'const' && instancePath === first.instancePath,
  );
  const values = same.map(({ params }) => (params as { allowedValue: unknown }).allowedValue);
  return `is ${values.length > 1 ? 'none of: ' : 'not '}${[...new Set(values)].map(String).join(', ')}`;
}

function patternWords(error: SchemaError | undefined): string | undefined {
  return error?.keyword === 'pattern' ? PATTERN_WORDS.get(String((error.params as { pattern: unknown }).pattern)) : undefined;
}

/** Query values arrive as text: numbers and yes/no are converted where the schema wants them (`True` and `true` are both yes). */
function convertQuery(schema: TSchema | undefined, query: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const properties = (schema as { properties?: Record<string, { type?: string }> } | undefined)?.properties ?? {};
  const converted: Record<string, unknown> = { ...query };
  for (const [name, { type }] of Object.entries(properties)) {
    const value = query[name];
    if (typeof value !== 'string') continue;
    if (type === 'integer' && /^-?\d{1,15}$/.test(value)) converted[name] = Number(value);
    if (type === 'boolean' && /^(true|false)$/i.test(value)) converted[name] = value.toLowerCase() === 'true';
  }
  return converted;
}
