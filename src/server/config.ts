import { readFileSync } from 'node:fs';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';
import { parseDocument, parse as parseYaml } from 'yaml';
import { RootwardError } from '../contract/errors.ts';
import { type Config, ConfigSchema } from './config/config-schema.ts';

export type { Config } from './config/config-schema.ts';

type Tree = { [name: string]: unknown };

const validator = Compile(ConfigSchema);
const PREFIX = 'ROOTWARD_';
/** Environment variables of ours that are no settings: the command line and drills read them. */
const NOT_SETTINGS = new Set([
  'ROOTWARD_URL',
  'ROOTWARD_API_KEY',
  'ROOTWARD_API_KEY_FILE',
  'ROOTWARD_CONFIG',
  'ROOTWARD_DEBUG',
  'ROOTWARD_FAILPOINTS',
  'ROOTWARD_TEST_ENGINE',
  'ROOTWARD_CHECK_RESPONSES',
]);

/** Settings from a YAML file, then `ROOTWARD_*` (or `ROOTWARD_*_FILE`), then flags; later ones win. Unknown names are errors. */
export function loadConfig(from: {
  readonly file?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly flags?: Tree;
}): Config {
  const tree: Tree = {};
  merge(tree, from.file === undefined ? {} : readConfigFile(from.file));
  merge(tree, fromEnvironment(from.env));
  merge(tree, from.flags ?? {});
  refuseUnknown(ConfigSchema, tree, '');
  const config = Value.Default(ConfigSchema, tree);
  if (!validator.Check(config)) {
    const [error] = validator.Errors(config);
    const name = error?.instancePath.slice(1).replaceAll('/', '.') ?? '';
    throw new RootwardError('CONFIG', {
      message: `Setting ${name || 'file'} ${error?.message ?? 'is not valid'}.`,
      target: { type: 'field', name },
    });
  }
  return { ...config, managementListen: config.managementListen ?? defaultManagementListen(config) };
}

/** The same settings, to be shown: a URL of a database holds its password, and a provider of logins knows us by a secret. */
export function withoutSecrets(config: Config): Config {
  const hidden = '(not shown)';
  const providers = config.login.providers.map((one) =>
    one.clientSecret === undefined ? one : { ...one, clientSecret: hidden },
  );
  return {
    ...config,
    ...(config.store.url !== undefined && { store: { ...config.store, url: hidden } }),
    login: { ...config.login, providers },
  };
}

/** A second server for trying things out must not fail on a port that nobody asked for. */
function defaultManagementListen({ dev, listen }: { dev: boolean; listen: string }): string {
  return dev || listen.endsWith(':0') ? '127.0.0.1:0' : '127.0.0.1:8481';
}

function readConfigFile(file: string): Tree {
  let value: unknown;
  try {
    value = parseYaml(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new RootwardError('CONFIG', {
      message: `The configuration file ${file} cannot be read: ${(cause as Error).message.split('\n', 1)[0]}`,
      cause,
    });
  }
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw new RootwardError('CONFIG', { message: `The configuration file ${file} is not a map of settings.` });
  return value as Tree;
}

/** Every leaf setting has a variable: `lifecycle.rotateIntervalSeconds` is `ROOTWARD_LIFECYCLE_ROTATE_INTERVAL_SECONDS`. */
function fromEnvironment(env: NodeJS.ProcessEnv): Tree {
  const known = leavesOf(ConfigSchema, []);
  const tree: Tree = {};
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith(PREFIX) || value === undefined || NOT_SETTINGS.has(variable)) continue;
    const direct = known.get(variable);
    const leaf = direct ?? known.get(variable.replace(/_FILE$/, ''));
    if (!leaf) throw unknownSetting(variable, [...known.keys()]);
    set(tree, leaf.path, convert(leaf.schema, direct ? value : readFileSync(value, 'utf8').trim()));
  }
  return tree;
}

interface Leaf {
  readonly path: readonly string[];
  readonly schema: TSchema;
}

function leavesOf(schema: TSchema, path: readonly string[]): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const properties = (schema as { properties?: Record<string, TSchema> }).properties;
  if (!properties) return leaves.set(PREFIX + path.map(snake).join('_'), { path, schema });
  for (const [name, inner] of Object.entries(properties))
    for (const [variable, leaf] of leavesOf(inner, [...path, name])) leaves.set(variable, leaf);
  return leaves;
}

const snake = (name: string) => name.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();

function convert(schema: TSchema, value: string): unknown {
  const { type, items } = schema as { type?: string; items?: { type?: string } };
  if (items?.type === 'object') return parseList(value);
  if (type === 'integer' && /^-?\d+$/.test(value)) return Number(value);
  if (type === 'boolean' && /^(true|false|1|0)$/i.test(value)) return /^(true|1)$/i.test(value);
  if (type === 'array') return value.split(',').map((part) => part.trim());
  return value;
}

/** What cannot be read stays a text, which no list is; a parser's own message may repeat a secret. */
function parseList(value: string): unknown {
  const document = parseDocument(value);
  return document.errors.length > 0 ? value : document.toJS();
}

function set(tree: Tree, path: readonly string[], value: unknown): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) tree[name] = value;
  else {
    tree[name] ??= {};
    set(tree[name] as Tree, rest, value);
  }
}

function merge(into: Tree, from: Tree): void {
  for (const [name, value] of Object.entries(from)) {
    if (value === undefined) continue;
    const isMap = isTree(value) && !Array.isArray(value);
    if (isMap && typeof into[name] === 'object') merge(into[name] as Tree, value);
    else into[name] = isMap ? structuredClone(value) : value;
  }
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

function refuseUnknown(schema: TSchema, tree: Tree, path: string): void {
  const { properties, items } = schema as { properties?: Record<string, TSchema>; items?: TSchema };
  if (items && Array.isArray(tree)) {
    for (const [index, item] of tree.entries()) if (isTree(item)) refuseUnknown(items, item, `${path}${index}.`);
  }
  if (!properties) return;
  for (const [name, value] of Object.entries(tree)) {
    const inner = properties[name];
    if (!inner)
      throw unknownSetting(
        path + name,
        Object.keys(properties).map((known) => path + known),
      );
    if (isTree(value)) refuseUnknown(inner, value, `${path}${name}.`);
  }
}

function unknownSetting(name: string, known: readonly string[]): RootwardError {
  const nearest = known
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const hint = nearest && nearest.distance <= Math.max(2, name.length / 3) ? { hint: `Did you mean ${nearest.candidate}?` } : {};
  return new RootwardError('CONFIG', { message: `There is no setting ${name}.`, target: { type: 'field', name }, ...hint });
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      row.push(Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
