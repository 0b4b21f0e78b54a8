import { describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode, RootwardError } from '../../contract/errors.ts';
import { shownCode, statusIn } from '../../contract/openapi/answers.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import { errorReply } from '../error-bodies/for-api.ts';
import type { Outcome } from '../handler.ts';
import type { Pipeline, RawRequest } from '../pipeline.ts';
import { checkingAnswers, faultOfAnswer } from './answer-check.ts';

const named = (name: string) => {
  const found = OPERATIONS.find((operation) => operation.name === name);
  if (!found) throw new Error(`no operation ${name}`);
  return found;
};
const wrap = named('keys.wrap');
const wrapped = { ciphertext: 'AAAA', keyVersion: { id: 'v' } };
const refused = (code: ErrorCode) => errorReply('key-protect', new RootwardError(code), 'c', '/').body;

describe('an answer deviates from its reference', () => {
  it('not, if it is as documented', () => {
    expect(faultOfAnswer(wrap, 200, wrapped)).toBeUndefined();
    expect(faultOfAnswer(wrap, 409, refused('KEY_STATE'))).toBeUndefined();
    expect(faultOfAnswer(named('keys.disable'), 204, undefined)).toBeUndefined();
    expect(faultOfAnswer(named('keys.count'), 400, undefined)).toBeUndefined();
  });

  it.each([
    ['a status that is not documented', 201, wrapped, /answers 201, which its reference does not name/],
    ['a field that is not documented', 200, { ...wrapped, secret: 'hidden' }, /secret/],
    [
      'a field that is not documented, further inside',
      200,
      { ...wrapped, keyVersion: { id: 'v', state: 1 } },
      /keyVersion.*state/,
    ],
    ['a field that is missing', 200, { ciphertext: 'AAAA' }, /keyVersion/],
    ['a field of another type', 200, { ...wrapped, ciphertext: 1 }, /ciphertext/],
    [
      'an error in the words of another API',
      409,
      { errors: [{ code: 'x', message: 'y' }], trace: 't', status_code: 409 },
      /body/,
    ],
    ['no body where there should be one', 200, undefined, /body/],
  ])('by %s', (_, status, body, fault) => {
    const found = faultOfAnswer(wrap, status, body);
    expect(found).toMatch(fault);
    expect(found).not.toContain('hidden');
  });

  it('by a body where there should be none', () => {
    expect(faultOfAnswer(named('keys.disable'), 204, {})).toMatch(/with a body/);
  });
});

describe('a pipeline that checks its answers', () => {
  const request = { correlationId: 'c' } as RawRequest;
  const serving = (serve: () => Promise<Outcome<unknown>>) =>
    checkingAnswers({ handlers: new Map(), serve, invoke: undefined as never } as Pipeline).serve(
      { operation: wrap } as never,
      request,
    );

  it('gives what is as documented, and fails what is not', async () => {
    await expect(serving(async () => ({ output: wrapped }))).resolves.toMatchObject({ output: wrapped });
    await expect(serving(async () => ({ output: { ...wrapped, more: 1 } }))).rejects.toThrow(/deviates.*more/);
    await expect(serving(async () => ({ output: wrapped, status: 202 }))).rejects.toThrow(/deviates.*202/);
  });

  it('lets a documented refusal pass, and fails one that the operation does not name', async () => {
    const refusing = (code: ErrorCode) => serving(async () => Promise.reject(new RootwardError(code)));
    await expect(refusing('KEY_STATE')).rejects.toMatchObject({ code: 'KEY_STATE' });
    await expect(refusing('POLICY_CONFLICT')).rejects.toThrow(/POLICY_CONFLICT, which its reference does not name/);
  });
});

it('documents every error under the status and the code that it is answered with', () => {
  for (const api of ['key-protect', 'iam', 'resource-controller', 'containers', 'rootward'] as const) {
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      const operation = OPERATIONS.find((one) => one.api === api && !one.http.path.startsWith('/identity/')) ?? wrap;
      const { status, body } = errorReply(operation.api, new RootwardError(code), 'c', operation.http.path);
      if (status !== 401) expect(JSON.stringify(body)).toContain(`"${shownCode(operation, code)}"`);
      expect([code, statusIn(api, code)]).toEqual([code, errorReply(api, new RootwardError(code), 'c', '/').status]);
    }
  }
});
