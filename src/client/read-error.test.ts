import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ERRORS, type ErrorCode, RootwardError } from '../contract/errors.ts';
import type { Api } from '../contract/operation.ts';
import { errorReply } from '../server/error-bodies/for-api.ts';
import { readError } from './read-error.ts';

const codes = Object.keys(ERRORS) as ErrorCode[];
/** Rows that an API shows under one name lose their difference on the wire. */
const sameOnTheWire: Readonly<Partial<Record<ErrorCode, ErrorCode>>> = { TOKEN_EXPIRED: 'UNAUTHENTICATED' };

function overTheWire(api: Api, error: RootwardError, url = '/x'): RootwardError {
  const { status, body } = errorReply(api, error, 'id-1', url);
  return readError({ status, body: JSON.parse(JSON.stringify(body)), correlationId: 'id-1' });
}

describe.each(['containers', 'resource-controller', 'rootward'] as const)('over %s', (api) => {
  test.each(codes)('%s comes back with its text, hint and field', (code) => {
    const error = new RootwardError(code, { message: 'Exactly so.', hint: 'Do that.', target: { type: 'field', name: 'a.b' } });
    expect(overTheWire(api, error)).toMatchObject({
      code,
      message: 'Exactly so.',
      hint: 'Do that.',
      target: { type: 'field', name: 'a.b' },
    });
  });
});

describe('over iam', () => {
  test.each(codes)('%s comes back with its text', (code) => {
    const expected = { code: sameOnTheWire[code] ?? code, message: 'Exactly so.' };
    expect(overTheWire('iam', new RootwardError(code, { message: 'Exactly so.' }))).toMatchObject(expected);
    expect(overTheWire('iam', new RootwardError(code, { message: 'Exactly so.' }), '/identity/token')).toMatchObject(expected);
  });
});

describe('over key-protect', () => {
  const shows401 = (code: ErrorCode) => {
    const row = new RootwardError(code).row;
    return (row.keyProtect?.http ?? row.http) === 401;
  };
  test.each(codes.filter((code) => !shows401(code)))('%s comes back with its text', (code) => {
    expect(overTheWire('key-protect', new RootwardError(code, { message: 'Exactly so.' }))).toMatchObject({
      code,
      message: 'Exactly so.',
    });
  });

  test.each(codes.filter(shows401))('%s is only "denied", as the API intends, with exit status 4', (code) => {
    const error = overTheWire('key-protect', new RootwardError(code));
    expect(error.code).toBe('ACTION_DENIED');
    expect(error.row.exit).toBe(4);
    expect(error.hint).toContain('instance');
  });
});

test('an inner error names the id that finds it in the log', () => {
  const error = readError({ status: 500, body: { error_code: 'INTERNAL', message: 'Oops.' }, correlationId: 'id-7' });
  expect(error.hint).toContain('id-7');
});

test.each([
  [401, 'UNAUTHENTICATED'],
  [403, 'ACTION_DENIED'],
  [404, 'ROUTE_NOT_FOUND'],
  [429, 'OVERLOADED'],
  [502, 'SERVER_UNREACHABLE'],
  [500, 'INTERNAL'],
  [418, 'INVALID_FIELD'],
] as const)("a proxy's %i without a body of ours is %s", (status, code) => {
  expect(readError({ status, body: undefined }).code).toBe(code);
});

test('no body makes it throw anything else than our error', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 599 }), fc.jsonValue(), (status, body) => {
      expect(readError({ status, body })).toBeInstanceOf(RootwardError);
    }),
  );
});
