/** Names of what is done to a cluster's control plane, and of the steps that do it. They cross the wire to the cluster's agent. */

export const RUN_KINDS = ['enable', 'rotate', 'rekey', 'reenable'] as const;
/**
 * `enable`: first key. `rotate`: new version of the current key. `rekey`: another root key. `reenable`: the current key once
 * more, which makes good a lost registration or a doubtful proof.
 */
export type RunKind = (typeof RUN_KINDS)[number];

export const RUN_STATES = ['running', 'paused', 'done', 'failed', 'aborted'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** Steps that the cluster's agent executes. */
export const AGENT_STEPS = [
  'preflight',
  'install',
  'read-everywhere',
  'write',
  'converge',
  'migrate',
  'prove',
  'finish',
  'rollback',
] as const;
export type AgentStep = (typeof AGENT_STEPS)[number];

/** Steps that the server does itself. */
export const SERVER_STEPS = ['register', 'activate', 'release', 'withdraw'] as const;
export type ServerStep = (typeof SERVER_STEPS)[number];

export type StepName = AgentStep | ServerStep;

/** What each step does, for people who watch. */
export const STEP_TEXTS: Readonly<Record<StepName, string>> = {
  preflight: 'Check that the control plane can be changed',
  register: 'Register the cluster with the root key',
  activate: 'Issue an activation of the root key',
  install: 'Connect every kube-apiserver with its KMS plugin',
  'read-everywhere': 'Let every kube-apiserver read what the KMS provider will write',
  write: 'Let every kube-apiserver write through the KMS provider',
  converge: 'Prove that every kube-apiserver writes under the new key',
  migrate: 'Rewrite every Secret',
  prove: 'Prove that nothing is left that is not sealed by the new key',
  finish: 'Remove the plaintext provider from the configuration',
  release: 'Release what the cluster no longer needs',
  rollback: 'Return to the last proven configuration',
  withdraw: 'Withdraw the registration and the activation',
};
