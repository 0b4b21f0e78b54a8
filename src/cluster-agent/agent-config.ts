/** The configuration file of one agent. It and the API key file may be read by their owner only. */
import { readFileSync, statSync } from 'node:fs';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { SERVER_URL_PATTERN } from '../client/companion/server-address.ts';
import { RootwardError } from '../contract/errors.ts';

const absolutePath = Type.String({ pattern: '^/' });

const schema = Type.Object(
  {
    serverUrl: Type.String({ pattern: SERVER_URL_PATTERN }),
    /** Extra certificate authorities for the server, PEM. */
    caFile: Type.Optional(absolutePath),
    apiKeyFile: absolutePath,
    clusterId: Type.String({ minLength: 1, maxLength: 64 }),
    /** The one server whose answers count. */
    serverId: Type.String({ minLength: 1, maxLength: 128 }),
    /** DATA/clusters/<id> of a hosted cluster. */
    clusterDirectory: absolutePath,
    agentId: Type.String({ minLength: 1, maxLength: 128 }),
  },
  { additionalProperties: false },
);

export type AgentConfig = Static<typeof schema>;

const validator = Compile(schema);

/** @throws RootwardError CONFIG naming the file and the field */
export function readAgentConfig(file: string): AgentConfig {
  let config: unknown;
  try {
    config = JSON.parse(readPrivateFile(file));
  } catch (error) {
    if (error instanceof RootwardError) throw error;
    throw new RootwardError('CONFIG', { message: `${file} is not JSON.` });
  }
  if (validator.Check(config)) return config;
  const [error] = validator.Errors(config);
  throw new RootwardError('CONFIG', {
    message: `${file}: ${error?.instancePath.slice(1) ?? ''} ${error?.message ?? 'is not valid'}.`,
  });
}

/** The API key, read at every login, so that a replaced file is picked up. @throws RootwardError CONFIG */
export function readAgentApiKey(file: string): string {
  const key = readPrivateFile(file).trim();
  if (key === '') throw new RootwardError('CONFIG', { message: `${file} holds no API key.` });
  return key;
}

function readPrivateFile(file: string): string {
  try {
    if ((statSync(file).mode & 0o077) !== 0) {
      throw new RootwardError('CONFIG', { message: `${file} may be read by others.`, hint: `chmod 600 ${file}` });
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof RootwardError) throw error;
    throw new RootwardError('CONFIG', { message: `${file} cannot be read.`, cause: error });
  }
}
