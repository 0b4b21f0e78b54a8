/** The parameters that the server gives to steps. Every step reads the ones it needs; unknown ones are of newer servers. */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { RootwardError } from '../contract/errors.ts';
import { ARRANGEMENTS } from './encryption-config/arrange.ts';

const schema = Type.Object({
  /** Name of the KMS provider in EncryptionConfiguration and in etcd. */
  providerName: Type.Optional(Type.String({ minLength: 1, pattern: '^[^:]+$' })),
  /** The key_id that is active now; empty for steps that do not depend on one. */
  keyId: Type.Optional(Type.String({ maxLength: 1024 })),
  /** Earlier key_ids of this cluster. Where given, preflight refuses objects under any id that is neither of them. */
  oldKeyIds: Type.Optional(Type.Array(Type.String())),
  /** Socket of the plugin beside each apiserver, by index; where left out, the records of the control plane name them. */
  socketPaths: Type.Optional(Type.Array(Type.String())),
  resources: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
  proofLevels: Type.Optional(
    Type.Array(Type.Union([Type.Literal('live'), Type.Literal('history'), Type.Literal('disk')]), { minItems: 1 }),
  ),
  /** What `rollback` puts back. */
  configuration: Type.Optional(Type.Union(ARRANGEMENTS.map((name) => Type.Literal(name)))),
  /** Rewrites per second, and at once. */
  qps: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  concurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: 64 })),
  maxRounds: Type.Optional(Type.Integer({ minimum: 1 })),
  /** How long the step waits for what it waits for. */
  timeoutSeconds: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
});

export interface StepParameters extends Static<typeof schema> {
  readonly providerName: string;
  readonly resources: string[];
}

const validator = Compile(schema);

/** @throws RootwardError INVALID_FIELD naming the wrong parameter */
export function readParameters(raw: Readonly<Record<string, unknown>>): StepParameters {
  if (!validator.Check(raw)) {
    const [error] = validator.Errors(raw);
    const name = error?.instancePath.replace(/^\//, '').replaceAll('/', '.') ?? '';
    throw new RootwardError('INVALID_FIELD', {
      message: `parameters.${name} ${error?.message ?? 'is not valid'}.`,
      target: { type: 'field', name: `parameters.${name}` },
    });
  }
  return { ...raw, providerName: raw.providerName ?? 'rootward', resources: raw.resources ?? ['secrets'] };
}

/** The expected key_id. @throws RootwardError INVALID_FIELD if the step came without it */
export function expectedKeyId(parameters: StepParameters): string {
  if (parameters.keyId === undefined || parameters.keyId === '') {
    throw new RootwardError('INVALID_FIELD', {
      message: 'parameters.keyId is missing.',
      target: { type: 'field', name: 'parameters.keyId' },
    });
  }
  return parameters.keyId;
}
