import { describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode, RootwardError } from '../../contract/errors.ts';
import type { Api } from '../../contract/operation.ts';
import { apiOfPath, errorReply } from './for-api.ts';
import { keyProtectErrorBody } from './key-protect.ts';

const APIS: readonly Api[] = ['key-protect', 'iam', 'resource-controller', 'containers', 'rootward'];
const CODES = Object.keys(ERRORS) as ErrorCode[];
const target = { type: 'field', name: 'plaintext' } as const;

describe('an error in the words of each API', () => {
  it('Key Protect: the reason code is in reasons and in errorMsg, which begins with the phrase of the status', () => {
    const error = new RootwardError('KEY_STATE', { message: 'The key is Suspended.' });
    expect(keyProtectErrorBody(error)).toEqual({
      metadata: { collectionType: 'application/vnd.ibm.kms.error+json', collectionTotal: 1 },
      resources: [
        {
          errorMsg: 'Conflict: The key is Suspended. (KEY_ACTION_INVALID_STATE_ERR)',
          reasons: [
            {
              code: 'KEY_ACTION_INVALID_STATE_ERR',
              message: 'The key is Suspended.',
              status: 409,
              moreInfo: expect.stringMatching(/^https:\/\/.*#key_action_invalid_state_err$/),
            },
          ],
        },
      ],
    });
  });

  it('Key Protect: every 401 says the same, and no reason', () => {
    const codes = ['UNAUTHENTICATED', 'TOKEN_EXPIRED', 'ACTION_DENIED', 'INSTANCE_UNKNOWN'] as const;
    const replies = codes.map((code) =>
      errorReply('key-protect', new RootwardError(code, { message: code, target }), 'c', '/api/v2/keys'),
    );
    for (const reply of replies) expect(reply).toEqual(replies[0]);
    expect(replies[0]).toMatchObject({
      status: 401,
      body: { resources: [{ errorMsg: expect.stringMatching(/^Unauthorized:/) }] },
    });
    expect(JSON.stringify(replies[0])).not.toContain('reasons');
  });

  it('the token service: errorCode and errorMessage', () => {
    const reply = errorReply('iam', new RootwardError('API_KEY_NOT_FOUND'), 'c1', '/identity/token');
    expect(reply).toMatchObject({
      status: 400,
      body: { errorCode: 'BXNIM0415E', errorMessage: 'Provided API key could not be found.', context: { requestId: 'c1' } },
    });
  });

  it('IAM: errors[0] and the trace', () => {
    const reply = errorReply('iam', new RootwardError('POLICY_NOT_FOUND', { target }), 'c1', '/v1/policies/x');
    expect(reply).toEqual({
      status: 404,
      body: {
        trace: 'c1',
        status_code: 404,
        errors: [{ code: 'policy_not_found', message: 'The policy does not exist.', target }],
      },
    });
  });

  it.each(['/v1/apikeys/x', '/v1/serviceids/x', '/v1/profiles/x'])(
    'IAM identity: context, code and message_code, details that say what can be done: %s',
    (path) => {
      const reply = errorReply('iam', new RootwardError('IAM_NOT_FOUND', { hint: 'List them.', target }), 'c1', path);
      expect(reply).toEqual({
        status: 404,
        body: {
          context: { requestId: 'c1' },
          status_code: 404,
          errors: [
            {
              code: 'not_found',
              message_code: 'BXNIM0109E',
              message: 'The identity or API key does not exist.',
              details: 'List them.',
              target,
            },
          ],
          trace: 'c1',
        },
      });
      const body = (code: ErrorCode) => errorReply('iam', new RootwardError(code), 'c1', path).body;
      expect(body('TOKEN_EXPIRED')).toMatchObject({ errors: [{ code: 'token_expired', message_code: 'BXNIM0407E' }] });
      expect(body('ENTITY_TAG')).toMatchObject({ status_code: 409, errors: [{ code: 'conflict', message_code: 'ENTITY_TAG' }] });
    },
  );

  it('the Kubernetes service: incidentID, description, and what can be done', () => {
    const reply = errorReply(
      'containers',
      new RootwardError('CLUSTER_NOT_FOUND', { hint: 'List your clusters.' }),
      'c1',
      '/v2/getCluster',
    );
    expect(reply).toMatchObject({
      status: 404,
      body: { incidentID: 'c1', code: 'CLUSTER_NOT_FOUND', type: 'NotFound', recoveryCLI: 'List your clusters.' },
    });
  });

  it('the resource controller: error_code, status_code and transaction_id', () => {
    const reply = errorReply('resource-controller', new RootwardError('RESOURCE_NOT_FOUND'), 'c1', '/v2/resource_instances/x');
    expect(reply).toMatchObject({
      status: 404,
      body: { error_code: 'RESOURCE_NOT_FOUND', status_code: 404, transaction_id: 'c1' },
    });
  });

  it('every code in every API: a status of an error, the public sentence, never the cause', () => {
    for (const api of APIS) {
      for (const code of CODES) {
        const { status, body } = errorReply(api, new RootwardError(code, { cause: new Error('inner secret') }), 'c1', '/x');
        const text = JSON.stringify(body);
        expect(status).toBeGreaterThanOrEqual(400);
        expect(text).not.toContain('inner secret');
        if (api !== 'key-protect' || status !== 401) expect(text).toContain(JSON.stringify(ERRORS[code].text).slice(1, -1));
      }
    }
  });
});

it.each([
  ['/api/v2/nothing', 'key-protect'],
  ['/identity/nothing', 'iam'],
  ['/v1/policies/x/y', 'iam'],
  ['/v1/profiles/x/y', 'iam'],
  ['/v2/groups/x/y', 'iam'],
  ['/v2/resource_nothing', 'resource-controller'],
  ['/v2/getNothing', 'containers'],
  ['/global/v1/clusters', 'containers'],
  ['/', 'rootward'],
] as const)('an address that leads nowhere is answered by whom it would have belonged to: %s', (path, api) => {
  expect(apiOfPath(path)).toBe(api);
});
