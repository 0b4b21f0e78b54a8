import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readHandedStep } from './handed-step.ts';

const step = { runId: 'r', stepId: 'r.write', name: 'write', fence: 2, parameters: { keyId: 'k' } };

it('takes a step, also one with a name of the future, and nothing to do', () => {
  expect(readHandedStep({ step })).toEqual(step);
  expect(readHandedStep({ step: { ...step, name: 'dance' } })?.name).toBe('dance');
  expect(readHandedStep({ step: null })).toBeUndefined();
});

it('refuses a step that lacks anything', () => {
  for (const field of Object.keys(step)) {
    const { [field as keyof typeof step]: _left, ...rest } = step;
    expect(() => readHandedStep({ step: rest })).toThrow(expect.objectContaining({ code: 'SERVER_UNREACHABLE' }));
  }
});

it('answers any JSON with a step, nothing, or a typed error', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (body) => {
      try {
        readHandedStep(body);
      } catch (error) {
        expect(error).toMatchObject({ code: 'SERVER_UNREACHABLE' });
      }
    }),
  );
});
