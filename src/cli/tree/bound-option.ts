import { Argument, Option } from 'commander';
import { RootwardError } from '../../contract/errors.ts';
import type { Operation } from '../../contract/operation.ts';
import { convert, type Input, type Place, placeAt, putAt } from '../place.ts';

/** A word or flag of a derived command, and where its value goes. */
export interface Bound<Part> {
  readonly part: Part;
  readonly place: Place;
  /** Environment variable that stands in for the flag. */
  readonly variable: string | undefined;
}

type Options = NonNullable<NonNullable<Operation['cli']>['options']>;

const VARIABLES: Readonly<Record<string, string>> = { 'headers.bluemix-instance': 'KP_INSTANCE_ID' };

/** What a positional word is called in help, by the place that it fills. */
const WORDS: Readonly<Record<string, string>> = {
  keys: 'key-id',
  'key-aliases': 'key-id',
  'key-rings': 'key-ring-id',
  deletion: 'key-id',
  events: 'key-id',
  'api-keys': 'api-key-id',
  'service-ids': 'service-id',
  'access-groups': 'group',
  'trusted-profiles': 'profile',
  policies: 'policy-id',
  instances: 'instance',
  groups: 'resource-group',
  reclamations: 'reclamation-id',
};

export function boundArguments(operation: Operation): Bound<Argument>[] {
  return (operation.cli?.arguments ?? []).map((into) => {
    const place = placeAt(operation.input, into);
    const last = place.path.at(-1) ?? into;
    const feature = operation.name.split('.', 1)[0] ?? '';
    const name = last === 'id' ? (WORDS[feature] ?? 'id') : last.replaceAll('_', '-');
    const part = new Argument(place.required ? `<${name}>` : `[${name}]`);
    return { part: place.choices ? part.choices(place.choices) : part, place, variable: undefined };
  });
}

export function boundOptions(operation: Operation, options: Options): Bound<Option>[] {
  return Object.entries(options).map(([flags, { into, help }]) => {
    const place = placeAt(operation.input, into);
    const variable = VARIABLES[into];
    const needed = place.required && variable === undefined ? ' (required)' : '';
    const part = new Option(flags, `${help}${needed}`);
    return { part: place.choices ? part.choices(place.choices) : part, place, variable };
  });
}

/** Fills the input from words and flags. Throws USAGE where something is missing or cannot be converted. */
export function fillInput(
  given: {
    readonly words: readonly unknown[];
    readonly flags: Readonly<Record<string, unknown>>;
    readonly env: NodeJS.ProcessEnv;
  },
  bound: { readonly words: readonly Bound<Argument>[]; readonly flags: readonly Bound<Option>[] },
): Input {
  const input: Input = {};
  bound.words.forEach(({ part, place }, index) => {
    const value = given.words[index];
    if (value !== undefined) putAt(input, place.path, convert(place, value, `<${part.name()}>`));
  });
  for (const { part, place, variable } of bound.flags) {
    const flag = part.long ?? part.flags;
    const value = given.flags[part.attributeName()] ?? (variable === undefined ? undefined : given.env[variable] || undefined);
    if (value !== undefined) putAt(input, place.path, convert(place, value, flag));
    else if (place.required) {
      throw new RootwardError('USAGE', {
        message: `${flag} is missing.`,
        ...(variable !== undefined && {
          hint: `Give ${flag} or set ${variable}; \`rootward resource service-instances\` lists instances.`,
        }),
      });
    }
  }
  return input;
}
