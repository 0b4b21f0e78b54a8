/** What a poll answers, checked: a step that is not understood must not be half executed. */
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { RootwardError } from '../contract/errors.ts';
import type { Step } from './step.ts';

const text = Type.String({ minLength: 1 });

/** Names stay open: a step that this agent does not know is reported as such. */
const validator = Compile(
  Type.Object({
    step: Type.Union([
      Type.Null(),
      Type.Object({
        runId: text,
        stepId: text,
        name: text,
        fence: Type.Integer(),
        parameters: Type.Record(Type.String(), Type.Unknown()),
      }),
    ]),
  }),
);

/** @returns undefined if there is nothing to do. @throws RootwardError SERVER_UNREACHABLE if the body is something else */
export function readHandedStep(body: unknown): Step | undefined {
  if (validator.Check(body)) return body.step ?? undefined;
  throw new RootwardError('SERVER_UNREACHABLE', { message: 'The server answered a poll with something that is no step.' });
}
