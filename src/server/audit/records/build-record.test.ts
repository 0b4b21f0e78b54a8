import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecretBytes } from '../../../crypto/secret-bytes.ts';
import { sampleEvent } from '../sample-audit.ts';
import { buildRecord } from './build-record.ts';
import { severityOf } from './severity.ts';

const FORBIDDEN = [
  'plaintext',
  'payload',
  'ciphertext',
  'apikey',
  'api_key',
  'token',
  'access_token',
  'refresh_token',
  'password',
  'passcode',
  'pin',
  'secret',
  'nonce',
  'aad',
  'key',
];

/** Every field name in a value, at any depth. */
function namesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value) ? [] : Object.keys(value);
  return [...own, ...Object.values(value).flatMap(namesIn)];
}

describe('an audit record', () => {
  it('says who did what to what, in the documented shape', () => {
    expect(buildRecord(sampleEvent)).toMatchInlineSnapshot(`
      {
        "action": "kms.secrets.wrap",
        "correlationId": "c1",
        "dataEvent": true,
        "eventTime": "2026-01-02T03:04:05.06+0000",
        "id": "event-1",
        "initiator": {
          "credential": {
            "type": "apikey",
          },
          "host": {
            "address": "192.0.2.1",
            "agent": "test",
          },
          "id": "IBMid-1",
          "name": "alice@example.com",
          "typeURI": "service/security/account/user",
        },
        "logSourceCRN": "crn:v1:bluemix:public:kms:us-south:a/a1:i1::",
        "message": "Key Protect: wrap secrets Schlüssel",
        "observer": {
          "name": "ActivityTracker",
        },
        "outcome": "success",
        "reason": {
          "reasonCode": 200,
          "reasonType": "OK",
        },
        "requestData": {},
        "responseData": {
          "keyId": "k1",
          "keyVersionId": "v1",
        },
        "saveServiceCopy": true,
        "severity": "normal",
        "target": {
          "id": "crn:v1:bluemix:public:kms:us-south:a/a1:i1:key:k1",
          "name": "Schlüssel",
          "typeURI": "kms/keys",
        },
      }
    `);
  });

  it('says why something failed', () => {
    const record = buildRecord({
      ...sampleEvent,
      action: 'kms.secrets.rotate',
      status: 409,
      reasonForFailure: 'The state does not allow it.',
    });
    expect(record).toMatchObject({
      outcome: 'failure',
      severity: 'warning',
      reason: { reasonCode: 409, reasonType: 'Conflict', reasonForFailure: 'The state does not allow it.' },
      message: 'Key Protect: rotate secrets Schlüssel -failure',
    });
  });

  it('lets no secret field name through, however deep and in whatever company', () => {
    const name = fc.oneof(
      fc.constantFrom(...FORBIDDEN),
      fc.constantFrom(...FORBIDDEN).map((text) => text.toUpperCase()),
      fc.constantFrom('newValue', 'initialValue', 'keyId', 'rotation', '__proto__', 'constructor'),
    );
    const { data } = fc.letrec<{ data: Record<string, unknown>; value: unknown }>((tie) => ({
      value: fc.oneof({ depthSize: 'medium' }, fc.constant('hunter2'), fc.array(tie('value'), { maxLength: 3 }), tie('data')),
      data: fc.dictionary(name, tie('value'), { maxKeys: 5, noNullPrototype: true }),
    }));
    fc.assert(
      fc.property(data, data, (requestData, responseData) => {
        const record = buildRecord({ ...sampleEvent, requestData, responseData });
        const names = [...namesIn(record.requestData), ...namesIn(record.responseData)].map((text) => text.toLowerCase());
        expect(names.filter((text) => FORBIDDEN.includes(text))).toEqual([]);
      }),
    );
  });

  it('leaves out what is not plain data, and cuts what is long', () => {
    const { requestData } = buildRecord({
      ...sampleEvent,
      requestData: {
        keyId: Buffer.from('hunter2'),
        newValue: SecretBytes.random(4),
        initialValue: { keyId: () => 1, enabled: undefined, interval_month: Number.NaN },
        roles: Array.from({ length: 1000 }, () => 'r'),
        requestURI: 'u'.repeat(5000),
      },
    });
    expect(requestData).toEqual({ initialValue: {}, roles: Array.from({ length: 64 }, () => 'r'), requestURI: 'u'.repeat(1024) });
  });
});

describe('severity', () => {
  it.each([
    ['kms.secrets.delete', 204, 'critical'],
    ['kms.registrations.delete', 204, 'critical'],
    ['kms.secrets.wrap', 401, 'critical'],
    ['kms.secrets.wrap', 403, 'critical'],
    ['hs-crypto.secrets.unwrap', 503, 'critical'],
    ['hs-crypto.secrets.rotate', 204, 'warning'],
    ['kms.secrets.setkeyfordeletion', 204, 'warning'],
    ['kms.policies.write', 200, 'warning'],
    ['kms.instancepolicies.write', 204, 'warning'],
    ['kms.secrets.read', 409, 'warning'],
    ['kms.secrets.read', 404, 'normal'],
    ['kms.secrets.read', 422, 'normal'],
    ['kms.secrets.create', 201, 'normal'],
    ['kms.secrets-metadata.read', 200, 'normal'],
    ['kms.instance.delete', 204, 'critical'],
    ['kms.instance.create', 201, 'normal'],
    ['iam-am.policy.delete', 204, 'critical'],
    ['iam-am.policy.create', 409, 'warning'],
    ['containers-kubernetes.cluster-kms.enable', 201, 'warning'],
    ['containers-kubernetes.cluster-kms.enable', 403, 'critical'],
    ['containers-kubernetes.cluster-key-state.update', 200, 'warning'],
    ['containers-kubernetes.account-api-key.reset', 204, 'critical'],
    ['containers-kubernetes.cluster.get', 404, 'warning'],
    ['containers-kubernetes.cluster.get', 200, 'normal'],
  ])('%s with %d is %s', (action, status, severity) => {
    expect(severityOf(action, status)).toBe(severity);
  });
});
