import Type from 'typebox';
import { defineOperation } from '../operation.ts';

const handed = {
  runId: Type.String({ minLength: 1, maxLength: 64 }),
  stepId: Type.String({ minLength: 1, maxLength: 128 }),
  fence: Type.Integer({ minimum: 0 }),
} as const;

export const reportProgress = defineOperation({
  name: 'agents.progress',
  api: 'containers',
  http: { method: 'POST', path: '/v2/kms/agent/progress', success: 204 },
  action: 'rootward.agent.execute',
  mutates: false,
  quiet: true,
  input: { body: Type.Object({ ...handed, progress: Type.Optional(Type.Unknown()) }) },
  output: undefined,
  sensitive: [],
  errors: ['CLUSTER_NOT_FOUND', 'STEP_FENCED'],
  summary: 'Renew the lease of a step and tell how far it is',
});

export const reportStep = defineOperation({
  name: 'agents.report',
  api: 'containers',
  http: { method: 'POST', path: '/v2/kms/agent/report', success: 204 },
  action: 'rootward.agent.execute',
  auditAs: 'containers-kubernetes.cluster-kms.step',
  mutates: true,
  input: {
    body: Type.Object({
      ...handed,
      /** `retry`: a condition may still come about by itself. `failed`: it will not. */
      outcome: Type.Enum(['done', 'failed', 'retry']),
      evidence: Type.Optional(Type.Unknown()),
      error: Type.Optional(
        Type.Union([
          Type.String({ maxLength: 4096 }),
          Type.Object({ code: Type.Optional(Type.String({ maxLength: 64 })), message: Type.String({ maxLength: 4096 }) }),
        ]),
      ),
    }),
  },
  output: undefined,
  sensitive: [],
  errors: ['CLUSTER_NOT_FOUND', 'STEP_FENCED'],
  summary: 'Report how a step ended, with the evidence',
});
