/** The shape of Kubernetes' EncryptionConfiguration (apiserver.config.k8s.io/v1), read strictly and rendered in one canonical way. */
import { isDeepStrictEqual } from 'node:util';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { parse, stringify } from 'yaml';
import { RootwardError } from '../../contract/errors.ts';
import { checkRules } from './rules.ts';

const strict = { additionalProperties: false } as const;
const keys = Type.Object({ keys: Type.Array(Type.Object({ name: Type.String(), secret: Type.String() }, strict)) }, strict);

const kms = Type.Object(
  {
    apiVersion: Type.Optional(Type.String()),
    name: Type.String(),
    endpoint: Type.String(),
    timeout: Type.Optional(Type.String()),
    cachesize: Type.Optional(Type.Integer()),
  },
  strict,
);

const provider = Type.Object(
  {
    kms: Type.Optional(kms),
    aescbc: Type.Optional(keys),
    aesgcm: Type.Optional(keys),
    secretbox: Type.Optional(keys),
    identity: Type.Optional(Type.Object({}, strict)),
  },
  strict,
);

const configuration = Type.Object(
  {
    apiVersion: Type.Literal('apiserver.config.k8s.io/v1'),
    kind: Type.Literal('EncryptionConfiguration'),
    resources: Type.Array(Type.Object({ resources: Type.Array(Type.String()), providers: Type.Array(provider) }, strict)),
  },
  strict,
);

export type KmsProvider = Static<typeof kms>;
export type Provider = Static<typeof provider>;
export type EncryptionConfiguration = Static<typeof configuration>;

const validator = Compile(configuration);

/** Reads and validates the text of a configuration file. @throws RootwardError ENCRYPTION_CONFIG naming the wrong place. */
export function parseEncryptionConfig(text: string): EncryptionConfiguration {
  let document: unknown;
  try {
    document = parse(text, { logLevel: 'error', prettyErrors: false });
  } catch (error) {
    // The parser quotes the line, and the line may hold a key.
    throw new RootwardError('ENCRYPTION_CONFIG', {
      message: 'The EncryptionConfiguration is not YAML.',
      cause: (error as { code?: string }).code,
    });
  }
  return validateEncryptionConfig(document);
}

/** @throws RootwardError ENCRYPTION_CONFIG naming the wrong place. */
export function validateEncryptionConfig(document: unknown): EncryptionConfiguration {
  if (!validator.Check(document)) {
    const [error] = validator.Errors(document);
    const place = error?.instancePath.replace(/^\//, '').replaceAll('/', '.') || 'the document';
    throw new RootwardError('ENCRYPTION_CONFIG', {
      message: `The EncryptionConfiguration is not valid: ${place} ${error?.message ?? ''}.`,
    });
  }
  checkRules(document);
  return document;
}

/** The one text that we write for a configuration. It is validated first, so that no apiserver ever meets a broken file. */
export function renderEncryptionConfig(config: EncryptionConfiguration): string {
  const { resources } = validateEncryptionConfig(config);
  const ordered = {
    apiVersion: config.apiVersion,
    kind: config.kind,
    resources: resources.map((entry) => ({ resources: entry.resources, providers: entry.providers })),
  };
  return stringify(ordered, { lineWidth: 0 });
}

export function sameConfiguration(one: EncryptionConfiguration, other: EncryptionConfiguration): boolean {
  return isDeepStrictEqual(one, other);
}
