import { AGENT_STEPS, type AgentStep, type RunKind, type StepName } from '../../../../contract/enabling/steps.ts';

/** How a step is undone together with everything before it. */
export type Undo = 'rollback' | 'withdraw';

export interface StepRule {
  readonly executor: 'server' | 'agent';
  /** It changes the configuration of an apiserver: undoing it needs the agent. */
  readonly touchesControlPlane: boolean;
  /** It puts objects under the key, so the key has to be Active at the moment at which it begins. */
  readonly recheckKeyActive: boolean;
}

const server = { executor: 'server', touchesControlPlane: false, recheckKeyActive: false } as const;
const looking = { executor: 'agent', touchesControlPlane: false, recheckKeyActive: false } as const;
const configuring = { executor: 'agent', touchesControlPlane: true, recheckKeyActive: false } as const;

/** Every step there is. */
export const STEPS: Readonly<Record<StepName, StepRule>> = {
  preflight: looking,
  register: server,
  activate: server,
  install: configuring,
  'read-everywhere': configuring,
  write: { ...configuring, recheckKeyActive: true },
  converge: looking,
  migrate: { ...looking, recheckKeyActive: true },
  prove: looking,
  finish: configuring,
  release: server,
  rollback: looking,
  withdraw: server,
};

/** The way of each kind of run. A new key is registered first and the old one released last. */
export const PATHS: Readonly<Record<RunKind, readonly StepName[]>> = {
  enable: [
    'preflight',
    'register',
    'activate',
    'install',
    'read-everywhere',
    'write',
    'converge',
    'migrate',
    'prove',
    'finish',
    'release',
  ],
  rotate: ['register', 'activate', 'converge', 'migrate', 'prove', 'release'],
  rekey: ['register', 'activate', 'converge', 'migrate', 'prove', 'release'],
  reenable: ['register', 'converge', 'migrate', 'prove', 'release'],
};

/**
 * The step of each kind that may put the first object under the new activation. Until it begins, a run can be undone; from
 * then on it can only go forward, because undoing would leave objects that nobody can read.
 */
export const FIRST_WRITE: Readonly<Record<RunKind, StepName>> = {
  enable: 'write',
  rotate: 'activate',
  rekey: 'activate',
  reenable: 'converge',
};

export interface RunPosition {
  readonly kind: RunKind;
  readonly step: StepName;
  /** Hand-outs of this step so far. A server step is done or not begun, nothing in between. */
  readonly attempts: number;
  /** The run has begun its first write. It stays so wherever the run goes. */
  readonly written?: boolean;
}

/**
 * The step after this one; `end` when the run is over. Once something has been written, the configurations that come before the
 * first write are passed over: they would store plaintext again.
 */
export function nextStep({ kind, step, written }: Pick<RunPosition, 'kind' | 'step' | 'written'>): StepName | 'end' {
  if (step === 'rollback') return 'withdraw';
  if (step === 'withdraw') return 'end';
  const path = PATHS[kind];
  const at = path.indexOf(step);
  if (at < 0) throw new Error(`${step} is no step of ${kind}`);
  const first = path.indexOf(FIRST_WRITE[kind]);
  const next = path.findIndex((name, index) => index > at && !(written && index < first && STEPS[name].touchesControlPlane));
  return path[next] ?? 'end';
}

/** How a run that stands here is undone; undefined when it can only go forward, or is being undone already. */
export function undoOf({ kind, step, attempts, written }: RunPosition): Undo | undefined {
  if (written || step === 'rollback' || step === 'withdraw') return undefined;
  const path = PATHS[kind];
  const at = path.indexOf(step);
  const first = path.indexOf(FIRST_WRITE[kind]);
  const begun = STEPS[step].executor === 'agent' && attempts > 0;
  if (at > first || (at === first && begun)) return undefined;
  const touched = path.slice(0, at).some((earlier) => STEPS[earlier].touchesControlPlane);
  return touched || (begun && STEPS[step].touchesControlPlane) ? 'rollback' : 'withdraw';
}

/** Does anything in etcd possibly depend on the run's activation? */
export function hasWritten(position: RunPosition): boolean {
  if (position.written) return true;
  return position.step !== 'rollback' && position.step !== 'withdraw' && undoOf(position) === undefined;
}

export function isAgentStep(step: StepName): step is AgentStep {
  return (AGENT_STEPS as readonly string[]).includes(step);
}
