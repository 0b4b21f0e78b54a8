import { describe, expect, it } from 'vitest';
import type { RunRow } from '../../../store/clusters/runs.ts';
import { ATTEMPTS_BEFORE_FIRST_WRITE, advanced, setBack, undone, waitBefore } from './move-run.ts';
import { runParameters } from './run-parameters.ts';

const NOW = 1_000_000;

function run(change: Partial<RunRow>): RunRow {
  const parameters = { instanceId: 'i', keyId: 'k', service: 'kms', accountId: 'a', privateEndpoint: true, previous: null };
  return {
    id: 'r1',
    cluster_id: 'c1',
    kind: 'enable',
    state: 'running',
    step: 'preflight',
    fence: 3,
    agent_id: 'agent',
    lease_until: NOW + 1,
    parameters: JSON.stringify(parameters),
    progress: '{}',
    evidence: '{"register":{"at":1,"evidence":{}}}',
    error: null,
    attempts: 1,
    requested_by: 'somebody',
    correlation_id: 'x',
    started_at: 0,
    updated_at: 0,
    finished_at: null,
    ...change,
  };
}

describe('a run', () => {
  it('goes on with a clean slate and keeps the evidence of every step', () => {
    const patch = advanced(run({ attempts: 7, error: 'once' }), { checks: 3 }, NOW);
    expect(patch).toMatchObject({ step: 'register', attempts: 0, agent_id: null, lease_until: null, error: null });
    expect(JSON.parse(String(patch.evidence))).toEqual({
      register: { at: 1, evidence: {} },
      preflight: { at: NOW, evidence: { checks: 3 } },
    });
  });

  it('waits for what may still come, and gives up before the first write after so many attempts', () => {
    const retry = { outcome: 'retry', error: 'not yet' } as const;
    expect(setBack(run({}), retry, NOW)).toMatchObject({ lease_until: NOW + 1000, error: 'not yet', agent_id: null });
    const last = setBack(run({ attempts: ATTEMPTS_BEFORE_FIRST_WRITE }), retry, NOW);
    expect(last).toMatchObject({ step: 'withdraw', error: 'not yet' });
    const late = setBack(run({ step: 'migrate', attempts: 1000 }), retry, NOW);
    expect(late.step).toBeUndefined();
    expect(late.lease_until).toBe(NOW + 10_000);
  });

  it('is undone under a new fence, remembers how it ends, and keeps the first reason', () => {
    const patch = undone(run({ step: 'install' }), 'aborted', 'on request', NOW);
    expect(patch).toMatchObject({ step: 'rollback', fence: 4, state: 'running', error: 'on request' });
    const undoing = run({ step: 'rollback', parameters: String(patch.parameters), error: 'on request' });
    expect(runParameters(undoing).ending).toBe('aborted');
    expect(setBack(undoing, { outcome: 'failed', error: 'etcd is away' }, NOW).error).toBe('on request');
    expect(advanced(undoing, {}, NOW)).toMatchObject({ step: 'withdraw', error: 'on request' });
    expect(() => undone(run({ step: 'prove' }), 'aborted', 'no', NOW)).toThrow();
  });

  it('waits longer and longer, but never longer than a minute', () => {
    expect([1, 2, 3, 7, 1000].map((attempts) => waitBefore(attempts, 'failed'))).toEqual([1000, 2000, 4000, 60_000, 60_000]);
    expect(waitBefore(1000, 'retry')).toBe(10_000);
  });
});
