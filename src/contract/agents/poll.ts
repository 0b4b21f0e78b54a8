import Type, { type Static } from 'typebox';
import { AGENT_STEPS } from '../enabling/steps.ts';
import { defineOperation } from '../operation.ts';
import { WaitSeconds } from './wait.ts';

/** What every step of an agent is told. */
export const StepParameters = Type.Object({
  /** Name of the KMS provider in the EncryptionConfiguration. */
  providerName: Type.String(),
  /** `key_id` that everything has to be sealed under at the end; absent before the first activation. */
  keyId: Type.Optional(Type.String()),
  /** `key_id`s of earlier activations of this cluster. */
  oldKeyIds: Type.Array(Type.String()),
  resources: Type.Array(Type.String()),
  proofLevels: Type.Array(Type.Enum(['live', 'history', 'disk'])),
});
export type StepParameters = Static<typeof StepParameters>;

const HandedStep = Type.Object({
  runId: Type.String(),
  stepId: Type.String(),
  name: Type.Enum(AGENT_STEPS),
  /** Grows with every hand-out: reports under an older one are refused. */
  fence: Type.Integer(),
  parameters: StepParameters,
});
export type HandedStep = Static<typeof HandedStep>;

export const pollStep = defineOperation({
  name: 'agents.poll',
  api: 'containers',
  http: { method: 'POST', path: '/v2/kms/agent/poll', success: 200 },
  action: 'rootward.agent.execute',
  mutates: false,
  quiet: true,
  input: {
    body: Type.Object({
      agentId: Type.String({ minLength: 1, maxLength: 128 }),
      waitSeconds: Type.Optional(WaitSeconds),
    }),
  },
  output: Type.Object({ step: Type.Union([HandedStep, Type.Null()]) }),
  sensitive: [],
  errors: ['CLUSTER_NOT_FOUND'],
  summary: 'Hand the next step to an agent, for as long as it keeps its lease',
});
