import { describe, expect, it } from 'vitest';
import { AGENT_STEPS, RUN_KINDS, SERVER_STEPS, STEP_TEXTS } from '../../../../contract/enabling/steps.ts';
import { SERVER_STEP_WORK } from './server-steps.ts';
import { FIRST_WRITE, hasWritten, isAgentStep, nextStep, PATHS, STEPS, undoOf } from './steps.ts';

const places = RUN_KINDS.flatMap((kind) => PATHS[kind].map((step) => ({ kind, step })));
const all = [...AGENT_STEPS, ...SERVER_STEPS];

describe('the table of steps', () => {
  it('has a rule, a text and an executor for every step, and server work for exactly the steps of the server', () => {
    expect(Object.keys(STEPS).sort()).toEqual([...all].sort());
    expect(Object.keys(STEP_TEXTS).sort()).toEqual([...all].sort());
    for (const step of all) expect(STEPS[step].executor, step).toBe(isAgentStep(step) ? 'agent' : 'server');
    expect(Object.keys(SERVER_STEP_WORK).sort()).toEqual(all.filter((step) => STEPS[step].executor === 'server').sort());
  });

  it.each(places)('$kind at $step goes on to the step behind it, and a run ends after its last', ({ kind, step }) => {
    const path = PATHS[kind];
    expect(nextStep({ kind, step })).toBe(path[path.indexOf(step) + 1] ?? 'end');
  });

  it.each(RUN_KINDS)(
    '%s registers first, releases last, and never migrates before convergence or releases before proof',
    (kind) => {
      const path = PATHS[kind];
      const at = (step: (typeof path)[number]) => path.indexOf(step);
      expect(path.at(-1)).toBe('release');
      expect(path.find((step) => STEPS[step].executor === 'server')).toBe('register');
      expect(at('converge')).toBeLessThan(at('migrate'));
      expect(at('migrate')).toBeLessThan(at('prove'));
      expect(at('prove')).toBeLessThan(at('release'));
      expect(new Set(path).size).toBe(path.length);
    },
  );

  it('lets every apiserver read before one writes, and drops plaintext only after the proof', () => {
    const path = PATHS.enable;
    expect(path.indexOf('read-everywhere')).toBeLessThan(path.indexOf('write'));
    expect(path.indexOf('prove')).toBeLessThan(path.indexOf('finish'));
  });

  it('looks at the key again before the two steps that put objects under it', () => {
    expect(all.filter((step) => STEPS[step].recheckKeyActive)).toEqual(['write', 'migrate']);
  });
});

describe('undoing', () => {
  it.each(places)('$kind: a failure at $step has its rule', ({ kind, step }) => {
    const path = PATHS[kind];
    const [at, first] = [path.indexOf(step), path.indexOf(FIRST_WRITE[kind])];
    const [unbegun, begun] = [undoOf({ kind, step, attempts: 0 }), undoOf({ kind, step, attempts: 1 })];
    if (at > first) {
      expect([unbegun, begun]).toEqual([undefined, undefined]);
      expect(hasWritten({ kind, step, attempts: 0 })).toBe(true);
      return;
    }
    const configured = path.slice(0, at).some((earlier) => earlier === 'install' || earlier === 'read-everywhere');
    expect(unbegun).toBe(configured ? 'rollback' : 'withdraw');
    if (at < first) expect(begun).toBe(configured || step === 'install' ? 'rollback' : 'withdraw');
    // A server step is one transaction, so the first write has not begun; an agent may have written half of it.
    else expect(begun).toBe(isAgentStep(step) ? undefined : 'withdraw');
  });

  it.each(places)('$kind at $step: what has written once is not undone, and stores no plaintext again', ({ kind, step }) => {
    const position = { kind, step, attempts: 0, written: true };
    expect(undoOf(position)).toBeUndefined();
    expect(hasWritten(position)).toBe(true);
    expect(['install', 'read-everywhere']).not.toContain(nextStep(position));
  });

  it.each(RUN_KINDS)('%s: what is undone goes by the rollback to the withdrawal and ends; it is not undone itself', (kind) => {
    expect(nextStep({ kind, step: 'rollback' })).toBe('withdraw');
    expect(nextStep({ kind, step: 'withdraw' })).toBe('end');
    for (const step of ['rollback', 'withdraw'] as const) {
      expect(undoOf({ kind, step, attempts: 9 })).toBeUndefined();
      expect(hasWritten({ kind, step, attempts: 9 })).toBe(false);
    }
  });
});
