import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineOf } from '../chain/record-line.ts';
import { sampleEvent } from '../sample-audit.ts';
import { type AuditEvent, buildRecord } from './build-record.ts';
import { lineOfSuccess } from './event-line.ts';

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ unit: 'grapheme', maxLength: 2000 }));
const id = fc.stringMatching(/^[\w.:-]{1,64}$/);
const data = fc.option(
  fc.record({ keyId: text, keyState: fc.integer(), keyVersionId: text, plaintext: text }, { requiredKeys: [] }),
  { nil: undefined },
);
const initiator = fc.record({
  id: text,
  name: text,
  typeURI: fc.constant('service/security/account/user' as const),
  credential: fc.record({ type: fc.constantFrom('apikey' as const, 'token' as const) }),
  host: fc.record({ address: text, agent: text }),
});
const target = fc.record({ id: text, name: text, typeURI: text }, { requiredKeys: ['id', 'typeURI'] });

/** Events as they come: a few initiators and targets, again and again, in any company. */
const events = fc
  .tuple(fc.array(initiator, { minLength: 1, maxLength: 3 }), fc.array(target, { minLength: 1, maxLength: 3 }))
  .chain(([initiators, targets]) =>
    fc.array(
      fc.record<AuditEvent>({
        id,
        at: fc.integer({ min: 0, max: 4e12 }),
        action: fc.constantFrom('kms.secrets.wrap', 'kms.secrets.unwrap', 'hs-crypto.secrets.wrap'),
        status: fc.constantFrom(200, 201, 204),
        initiator: fc.constantFrom(...initiators),
        target: fc.constantFrom(...targets),
        requestData: data,
        responseData: data,
        dataEvent: fc.boolean(),
        logSourceCRN: fc.constantFrom('crn:one', 'crn:two'),
        correlationId: text,
      }),
      { minLength: 1, maxLength: 20 },
    ),
  );

describe('the line of a use of a key', () => {
  it('is to the byte what the JSON of its record is, whatever came before it', () => {
    fc.assert(
      fc.property(events, (some) => {
        for (const event of some) expect(lineOfSuccess(event)).toBe(lineOf(buildRecord(event)));
      }),
    );
  });

  it('follows data that changes, frozen or not', () => {
    const inner = { enabled: true };
    const deep = Object.freeze({ keyId: 'k', rotation: inner });
    const open = { keyId: 'k', keyState: 1 };
    const frozen = [Object.freeze({ keyId: 'a', plaintext: 'p' }), Object.freeze({ keyId: 'b' })];
    for (let round = 0; round < 3; round += 1) {
      for (const responseData of [deep, open, ...frozen]) {
        const event = { ...sampleEvent, responseData };
        expect(lineOfSuccess(event)).toBe(lineOf(buildRecord(event)));
      }
      inner.enabled = !inner.enabled;
      open.keyState += 1;
    }
  });

  it('of a failure carries that failure’s own reason', () => {
    for (const reasonForFailure of ['first', 'second']) {
      const event = { ...sampleEvent, status: 409, reasonForFailure };
      expect(lineOfSuccess(event)).toBe(lineOf(buildRecord(event)));
    }
  });

  it('is refused for an id that is not in its form', () => {
    expect(() => lineOfSuccess({ ...sampleEvent, id: 'a","x":"b' })).toThrow('not in its form');
  });
});
