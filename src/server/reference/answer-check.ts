import { Compile, type Validator } from 'typebox/compile';
import { type ErrorCode, RootwardError } from '../../contract/errors.ts';
import { answersOf } from '../../contract/openapi/answers.ts';
import { errorBodyOf } from '../../contract/openapi/error-bodies.ts';
import { strictSchema } from '../../contract/openapi/strict-schema.ts';
import type { Operation } from '../../contract/operation.ts';
import { errorReply } from '../error-bodies/for-api.ts';
import type { Pipeline } from '../pipeline.ts';

interface Documented {
  readonly successes: ReadonlyMap<number, boolean>;
  readonly errors: ReadonlyMap<number, readonly ErrorCode[]>;
  readonly output: Validator | undefined;
  readonly error: Validator;
}

const known = new WeakMap<Operation, Documented>();

/**
 * Says how an answer of an operation deviates from its reference: an undocumented status, a body of another shape, or a field that the
 * reference does not name. Undefined: it is as documented. `body` is as parsed from JSON; undefined: there was none. Never repeats a
 * value, which may be a secret.
 */
export function faultOfAnswer(operation: Operation, status: number, body: unknown): string | undefined {
  const { successes, errors, output, error } = documented(operation);
  const answers = `${operation.name} answers ${status}`;
  const isSuccess = successes.has(status);
  if (!isSuccess && !errors.has(status)) return `${answers}, which its reference does not name`;
  const hasBody = isSuccess ? successes.get(status) === true : operation.http.method !== 'HEAD';
  if (!hasBody) return body === undefined ? undefined : `${answers} with a body`;
  const shape = isSuccess ? output : error;
  if (!shape || shape.Check(body)) return undefined;
  const [fault] = shape.Errors(body);
  return `${answers} with another body: ${fault?.instancePath || '/'} ${fault?.message} ${JSON.stringify(fault?.params)}`;
}

/** Says if an operation refuses with an error that its reference does not name. */
export function faultOfError(operation: Operation, { code }: RootwardError): string | undefined {
  const codes = [...documented(operation).errors.values()].flat();
  return codes.includes(code) ? undefined : `${operation.name} refuses with ${code}, which its reference does not name`;
}

function documented(operation: Operation): Documented {
  const made = known.get(operation) ?? {
    ...answersOf(operation),
    output: operation.output && Compile(strictSchema(operation.output)),
    error: Compile(strictSchema(errorBodyOf(operation))),
  };
  known.set(operation, made);
  return made;
}

/** Tests set ROOTWARD_CHECK_RESPONSES=1 for the servers that they start. */
export function isCheckingAnswers(): boolean {
  return process.env.ROOTWARD_CHECK_RESPONSES === '1';
}

/**
 * A pipeline for tests: an answer that deviates from the reference fails, after the change is made. It is looked at before it is
 * written to the wire, where fields that the schema does not name would be left out.
 */
export function checkingAnswers(pipeline: Pipeline): Pipeline {
  return {
    ...pipeline,
    async serve(handler, request) {
      const { operation } = handler;
      try {
        const outcome = await pipeline.serve(handler, request);
        const status = outcome.status ?? operation.http.success;
        const body = status === 204 ? undefined : asWritten(outcome.output);
        throwIf(faultOfAnswer(operation, status, body));
        return outcome;
      } catch (error) {
        if (error instanceof RootwardError) {
          const { status, body } = errorReply(operation.api, error, request.correlationId, operation.http.path);
          const shown = operation.http.method === 'HEAD' ? undefined : asWritten(body);
          throwIf(faultOfError(operation, error) ?? faultOfAnswer(operation, status, shown));
        }
        throw error;
      }
    },
  };
}

function throwIf(fault: string | undefined): void {
  if (fault !== undefined) throw new Error(`An answer deviates from its reference: ${fault}`);
}

/** What the other side reads: fields that are undefined are not there. */
function asWritten(body: unknown): unknown {
  return body === undefined ? undefined : JSON.parse(JSON.stringify(body));
}
