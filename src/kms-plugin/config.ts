import { readFileSync, statSync } from 'node:fs';
import Type, { type Static } from 'typebox';
import { SERVER_URL_PATTERN } from '../client/companion/server-address.ts';
import { RootwardError } from '../contract/errors.ts';
import { decodeJson } from './state/decode.ts';

const AbsolutePath = Type.String({ pattern: '^/[^\\u0000]*[^/\\u0000]$' });

const ConfigSchema = Type.Object(
  {
    serverUrl: Type.String({ pattern: SERVER_URL_PATTERN }),
    /** Extra certificate authorities for the server, PEM. */
    caFile: Type.Optional(AbsolutePath),
    apiKeyFile: AbsolutePath,
    clusterId: Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' }),
    nodeName: Type.String({ minLength: 1, maxLength: 128 }),
    socketPath: AbsolutePath,
    stateDirectory: AbsolutePath,
    managementSocket: Type.Optional(AbsolutePath),
    /** The one server whose answers count. */
    serverId: Type.String({ minLength: 1, maxLength: 128 }),
    /** How long one question for news waits for an answer. */
    pollIntervalMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 30_000 })),
    probeIntervalMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 600_000 })),
    /** For kube-apiserver 1.28 and older, which sends the socket's path as the authority of its requests. */
    compatAuthority: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

const DEFAULTS = { pollIntervalMs: 25_000, probeIntervalMs: 15_000, compatAuthority: false };

export type PluginConfig = Static<typeof ConfigSchema> & typeof DEFAULTS;

/** Reads the configuration. Throws CONFIG naming the field, or the file that others may write. */
export function readConfig(file: string): PluginConfig {
  refuseBits(file, 0o022, 'others may write it');
  return { ...DEFAULTS, ...decodeJson(ConfigSchema, read(file), file) };
}

/** The API key in a file that only its owner may read. Throws CONFIG. */
export function readApiKey(file: string): string {
  refuseBits(file, 0o077, 'others may read it');
  const key = read(file).trim();
  if (!/^[\x21-\x7e]{8,512}$/.test(key)) throw new RootwardError('CONFIG', { message: `${file}: holds no API key` });
  return key;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new RootwardError('CONFIG', { message: `${file}: cannot be read`, cause });
  }
}

function refuseBits(file: string, bits: number, problem: string): void {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) throw new RootwardError('CONFIG', { message: `${file}: does not exist` });
  if ((stat.mode & bits) !== 0) throw new RootwardError('CONFIG', { message: `${file}: ${problem}`, hint: `chmod 600 ${file}` });
}
