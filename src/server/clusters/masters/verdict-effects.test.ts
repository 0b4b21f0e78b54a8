import { describe, expect, it } from 'vitest';
import { KEY_VERDICTS, VERDICT_VIEWS, verdictStatus } from '../../../contract/views/cluster-texts.ts';
import { VERDICT_EFFECTS, worse } from './verdict-effects.ts';

describe('what a root key does to its cluster', () => {
  it.each([
    ['usable', 'normal', 'run'],
    ['suspended', 'warning', 'suspend'],
    ['destroyed', 'critical', 'suspend'],
    ['expired', 'critical', 'run'],
    ['denied', 'warning', 'keep'],
    ['unreachable', 'warning', 'keep'],
  ] as const)('%s: state %s, control plane: %s', (verdict, state, controlPlane) => {
    expect(VERDICT_EFFECTS[verdict]).toEqual({ state, controlPlane });
  });

  it('knows every verdict, and only a definite one suspends', () => {
    expect(Object.keys(VERDICT_EFFECTS).sort()).toEqual([...KEY_VERDICTS].sort());
    const suspending = KEY_VERDICTS.filter((verdict) => VERDICT_EFFECTS[verdict].controlPlane === 'suspend');
    expect(suspending).toEqual(['suspended', 'destroyed']);
  });

  it.each(KEY_VERDICTS.filter((verdict) => verdict !== 'usable'))(
    '%s names the key, the consequence and the way out',
    (verdict) => {
      expect(verdictStatus(verdict, 'key-1')).toContain('key-1');
      expect(VERDICT_VIEWS[verdict].consequence).not.toBe('');
      expect(VERDICT_VIEWS[verdict].remedy).not.toBe('');
    },
  );

  it('takes the worse of two keys, in any order', () => {
    for (const a of KEY_VERDICTS) {
      for (const b of KEY_VERDICTS) expect(worse(a, b)).toBe(worse(b, a));
      expect(worse(a, 'usable')).toBe(a);
      expect(worse('destroyed', a)).toBe('destroyed');
    }
  });
});
