import { expect, it } from 'vitest';
import { createKey } from '../../contract/keys/creation/create.ts';
import { compileCheck } from '../validate.ts';

const refusal = (fields: object) => () =>
  compileCheck(createKey)({
    params: {},
    query: {},
    headers: { 'bluemix-instance': 'some' },
    body: { metadata: {}, resources: [{ name: 'a key', ...fields }] },
  });

it('a text of the wrong form is told which form it must have in words, not as a pattern', () => {
  expect(refusal({ expirationDate: '2030-01-31' })).toThrow(
    'Field resources.0.expirationDate must be an RFC 3339 instant with its zone, such as 2030-01-31T00:00:00Z.',
  );
  expect(refusal({ payload: 'a-_b' })).toThrow('Field resources.0.payload must be standard base64 with its padding.');
});
