import Type, { type Static } from 'typebox';
import { defineOperation } from '../operation.ts';
import { WaitSeconds } from './wait.ts';

const PluginState = Type.Object({
  /** Which server answers: a plugin believes refusals of this one only. */
  serverId: Type.String(),
  /** Changes whenever anything below does. */
  revision: Type.String(),
  cluster: Type.Object({
    id: Type.String(),
    crn: Type.String(),
    /** SHA-256 of the encryption domain as hex: tells that a blob is another cluster's, without naming the domain. */
    encryptionDomainHash: Type.String(),
  }),
  /** How long an unwrapped local KEK may be used without a renewal. */
  kekLeaseSeconds: Type.Integer(),
  /** Oldest first. Exactly one is active while the cluster uses a root key. */
  activations: Type.Array(
    Type.Object({
      epoch: Type.Integer(),
      number: Type.Integer(),
      /** 128 random bits as 32 hex digits. */
      nonce: Type.String(),
      instanceId: Type.String(),
      keyId: Type.String(),
      keyVersionId: Type.String(),
      status: Type.Enum(['prepared', 'active', 'retired']),
    }),
  ),
  /** Every root key of the activations. */
  keys: Type.Array(
    Type.Object({
      instanceId: Type.String(),
      keyId: Type.String(),
      verdict: Type.Enum(['usable', 'suspended', 'destroyed', 'expired', 'denied']),
    }),
  ),
});
export type PluginState = Static<typeof PluginState>;

export const readPluginState = defineOperation({
  name: 'agents.plugin-state',
  api: 'containers',
  http: { method: 'POST', path: '/v2/kms/plugin/state', success: 200 },
  action: 'rootward.plugin.state',
  mutates: false,
  quiet: true,
  input: {
    body: Type.Object({
      /** Name of the control-plane node that the plugin runs on. */
      node: Type.String({ minLength: 1, maxLength: 128 }),
      knownRevision: Type.Optional(Type.String({ maxLength: 128 })),
      waitSeconds: Type.Optional(WaitSeconds),
      /** The `key_id` that the plugin wraps under. */
      activeKeyId: Type.Optional(Type.String({ maxLength: 64 })),
    }),
  },
  output: PluginState,
  sensitive: [],
  errors: ['CLUSTER_NOT_FOUND'],
  summary: 'Tell a KMS plugin what to wrap under and which root keys may be used',
});
