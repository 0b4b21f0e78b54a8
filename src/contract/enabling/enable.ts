import Type from 'typebox';
import { CLUSTER_OPTION, ClusterArgument, ClusterHeaders, ClusterParams } from '../clusters/cluster-input.ts';
import { defineOperation } from '../operation.ts';

const common = {
  api: 'containers',
  action: 'containers-kubernetes.cluster.create',
  auditAs: 'containers-kubernetes.cluster-kms.enable',
  mutates: true,
  sensitive: [],
  errors: [
    'CLUSTER_NOT_FOUND',
    'CLUSTER_BUSY',
    'CLUSTER_SUSPENDED',
    'KMS_INSTANCE_UNKNOWN',
    'SERVICE_AUTHORIZATION_MISSING',
    'API_KEY_OWNER_DENIED',
    'ROOT_KEY_UNUSABLE',
    'ROOT_KEY_PREVIOUS',
    'ACCOUNT_MISMATCH',
    'INVALID_FIELD',
  ],
} as const;

export const enableKms = defineOperation({
  ...common,
  name: 'enabling.enable',
  http: { method: 'POST', path: '/v2/enableKMS', success: 201 },
  input: {
    headers: ClusterHeaders,
    body: Type.Object({
      cluster: ClusterArgument,
      // Empty values are refused by the handler, which can say why: a KMS provider cannot be turned off.
      instance_id: Type.String({ maxLength: 64 }),
      crk_id: Type.String({ maxLength: 64 }),
      private_endpoint: Type.Optional(Type.Boolean()),
      /** The account that owns the KMS instance, if it is not the cluster's own. */
      account_id: Type.Optional(Type.String({ maxLength: 64 })),
      /** Accepts a root key that expires within 24 hours. */
      force: Type.Optional(Type.Boolean()),
      /** Lets the cluster unwrap by its own expired root keys while it moves to this one, for 24 hours at most. Needs a reason. */
      break_glass: Type.Optional(Type.Boolean()),
      reason: Type.Optional(Type.String({ maxLength: 512 })),
    }),
  },
  output: Type.Object({}),
  cli: {
    command: ['ks', 'kms', 'enable'],
    options: {
      ...CLUSTER_OPTION,
      '--instance-id <id>': { into: 'body.instance_id', help: 'GUID of the KMS instance' },
      '--crk <id>': { into: 'body.crk_id', help: 'id of the root key' },
      '--kms-account-id <id>': { into: 'body.account_id', help: 'account of the KMS instance, if it is another one' },
      '--force': { into: 'body.force', help: 'accept a root key that expires within 24 hours' },
      '--break-glass': {
        into: 'body.break_glass',
        help: 'read by an expired root key until the move to the new one is proven, for 24 hours at most',
      },
      '--reason <text>': { into: 'body.reason', help: 'why --break-glass is needed; goes into the audit log' },
    },
  },
  summary: "Seal a cluster's Secrets by a root key, or by another root key than before",
});

export const enableKmsV1 = defineOperation({
  ...common,
  name: 'enabling.enable-v1',
  http: { method: 'POST', path: '/v1/clusters/:idOrName/kms', success: 204 },
  input: {
    headers: ClusterHeaders,
    params: ClusterParams,
    body: Type.Object({
      crkID: Type.String({ maxLength: 64 }),
      instanceID: Type.String({ maxLength: 64 }),
      url: Type.Optional(Type.String({ maxLength: 512 })),
      correlationId: Type.Optional(Type.String({ maxLength: 128 })),
      serviceToService: Type.Optional(Type.Boolean()),
    }),
  },
  output: undefined,
  summary: "Seal a cluster's Secrets by a root key (address of version 1)",
});
