import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { KEY_VERDICTS } from '../views/cluster-texts.ts';
import { ClusterArgument } from './cluster-input.ts';

/** What the server does to a cluster when its root key has changed. Only the server itself may call it, as the cluster. */
export const updateClusterKeyState = defineOperation({
  name: 'clusters.key-state',
  api: 'containers',
  http: { method: 'POST', path: '/v2/kms/keyState', success: 204 },
  action: 'rootward.cluster.reconcile',
  auditAs: 'containers-kubernetes.cluster-key-state.update',
  mutates: true,
  input: {
    body: Type.Object({
      cluster: ClusterArgument,
      verdict: Type.Enum(KEY_VERDICTS),
      /** The newest version of the root key: one that the cluster does not use yet starts a rotation. */
      keyVersionId: Type.Optional(Type.String()),
    }),
  },
  output: undefined,
  sensitive: [],
  errors: ['CLUSTER_NOT_FOUND'],
  summary: "Follow a change of a cluster's root key (internal)",
});
