import { describe, expect, test } from 'vitest';
import { type Condition, holds } from './condition.ts';
import { exactValue, matches } from './policy-document.ts';
import { subjectKeyOf } from './subject-key.ts';

const on = (value: string, operator?: 'stringEquals' | 'stringMatch'): Condition =>
  operator ? { name: 'resource', value, operator } : { name: 'resource', value };
const exists = (value: boolean): Condition => ({ name: 'keyRing', value, operator: 'stringExists' });

describe('a condition', () => {
  test('without an operator asks for exactly this text', () => {
    expect(holds(on('k1'), 'k1')).toBe(true);
    expect(holds(on('k1', 'stringEquals'), 'k1')).toBe(true);
    expect(holds(on('k*'), 'k1')).toBe(false);
    expect(holds(on('k1'), undefined)).toBe(false);
  });

  test('of one of several texts or patterns holds if any of them does', () => {
    const anyOf = (operator: 'stringEqualsAnyOf' | 'stringMatchAnyOf', ...value: string[]): Condition => ({
      name: 'resource',
      value,
      operator,
    });
    expect(holds(anyOf('stringEqualsAnyOf', 'k1', 'k2'), 'k2')).toBe(true);
    expect(holds(anyOf('stringEqualsAnyOf', 'k1', 'k*'), 'k2')).toBe(false);
    expect(holds(anyOf('stringMatchAnyOf', 'a*', 'k?'), 'k2')).toBe(true);
    expect(holds(anyOf('stringMatchAnyOf', 'a*', 'k?'), 'k22')).toBe(false);
    expect(holds(anyOf('stringEqualsAnyOf'), 'k2')).toBe(false);
    expect(holds(anyOf('stringMatchAnyOf', '*'), undefined)).toBe(false);
  });

  test('on existence holds for what is there, or for what is not, and for no whole', () => {
    expect(holds(exists(true), 'default')).toBe(true);
    expect(holds(exists(true), undefined)).toBe(false);
    expect(holds(exists(false), undefined)).toBe(true);
    expect(holds(exists(false), 'default')).toBe(false);
    expect(holds(exists(false), undefined, true)).toBe(false);
  });

  test('that nobody could have written holds for nothing', () => {
    const broken = [
      { name: 'resource', value: 'k1', operator: 'stringNotEquals' },
      { name: 'resource', value: ['k1'] },
      { name: 'resource', value: true, operator: 'stringMatch' },
      { name: 'resource', value: 'xk1x', operator: 'stringEqualsAnyOf' },
      { name: 'resource', value: 'k1', operator: 'stringMatchAnyOf' },
      { name: 'resource', value: 'false', operator: 'stringExists' },
      { name: 'resource', value: [null], operator: 'stringMatchAnyOf' },
    ] as unknown as Condition[];
    for (const condition of broken) {
      expect([condition, holds(condition, 'k1')]).toEqual([condition, false]);
      expect([condition, holds(condition, undefined)]).toEqual([condition, false]);
    }
  });

  // What looks the same, or is the same to a lenient comparison.
  const other: Readonly<Record<string, readonly [string, string]>> = {
    case: ['payments', 'Payments'],
    'the Kelvin sign': ['k1', '\u212a1'],
    'the long s': ['secrets', '\u017fecrets'],
    'the dotless i': ['IST', '\u0131st'],
    'composed and decomposed letters (NFC and NFD)': ['caf\u00e9', 'cafe\u0301'],
    'compatibility forms (NFKC)': ['fi', '\ufb01'],
    'full width': ['kp', '\uff4b\uff50'],
    'a zero-width space': ['k1', 'k\u200b1'],
    'a zero-width joiner': ['k1', 'k\u200d1'],
    'a byte order mark': ['k1', '\ufeffk1'],
    'a soft hyphen': ['k1', 'k\u00ad1'],
    'a homoglyph': ['default', 'def\u0430ult'],
    'a blank at the end': ['k1', 'k1 '],
    'a blank at the beginning': ['k1', ' k1'],
    'a no-break space': ['k 1', 'k\u00a01'],
    'a line end': ['k1', 'k1\n'],
    NUL: ['k1', 'k1\u0000'],
    'text after NUL': ['k1', 'k1\u0000k2'],
    'a direction mark': ['k1', 'k1\u200e'],
    'other digits': ['k1', 'k\u0661'],
    'a lone surrogate': ['k\ufffd', 'k\ud800'],
    'the empty text': ['k1', ''],
  };
  test.each(Object.entries(other))('takes %s for a difference', (_name, [value, actual]) => {
    for (const operator of ['stringEquals', 'stringMatch'] as const) {
      expect(holds(on(value, operator), actual)).toBe(false);
      expect(holds(on(actual, operator), value)).toBe(false);
      expect(holds(on(actual, operator), actual)).toBe(true);
    }
    expect(holds({ name: 'resource', value: [value], operator: 'stringEqualsAnyOf' }, actual)).toBe(false);
    expect(holds({ name: 'resource', value: [value], operator: 'stringMatchAnyOf' }, actual)).toBe(false);
  });
});

describe('a list of conditions', () => {
  const kms = { serviceName: 'kms', serviceType: 'service', accountId: 'a', resourceGroupId: 'g' };
  const account: Condition = { name: 'accountId', value: 'a' };
  const service: Condition = { name: 'serviceName', value: 'kms' };

  test('holds for nothing without an exact account', () => {
    expect(matches([service, account], kms)).toBe(true);
    expect(matches([service], kms)).toBe(false);
    expect(matches([service, { name: 'accountId', value: '*', operator: 'stringMatch' }], kms)).toBe(false);
    expect(matches([service, { name: 'accountId', value: ['a'], operator: 'stringEqualsAnyOf' }], kms)).toBe(false);
  });

  test('is about a service, a type of services or a resource group, or about nothing', () => {
    expect(matches([account, { name: 'serviceType', value: 'service' }], kms)).toBe(true);
    expect(matches([account, { name: 'resourceGroupId', value: 'g' }], kms)).toBe(true);
    expect(matches([account, { name: 'serviceName', value: 'k*', operator: 'stringMatch' }], kms)).toBe(true);
    expect(matches([account], kms)).toBe(false);
    expect(matches([account, { name: 'region', value: false, operator: 'stringExists' }], kms)).toBe(false);
    const rootward = { serviceName: 'rootward', accountId: 'a' };
    expect(matches([account, { name: 'serviceType', value: false, operator: 'stringExists' }], rootward)).toBe(false);
  });

  test('knows no attributes but its own: names of the language are none', () => {
    expect(matches([account, service, { name: 'toString', value: true, operator: 'stringExists' }], kms)).toBe(false);
    expect(matches([account, service, { name: '__proto__', value: true, operator: 'stringExists' }], kms)).toBe(false);
  });

  test('gives an exact value only where there is one', () => {
    expect(exactValue([service], 'serviceName')).toBe('kms');
    expect(exactValue([{ name: 'serviceName', value: 'kms', operator: 'stringMatch' }], 'serviceName')).toBeUndefined();
    expect(exactValue([{ name: 'serviceName', value: ['kms'], operator: 'stringEqualsAnyOf' }], 'serviceName')).toBeUndefined();
    expect(exactValue([exists(true)], 'keyRing')).toBeUndefined();
  });
});

test('a policy is looked up by its exact subject, or by the account of its source', () => {
  expect(subjectKeyOf([{ name: 'iam_id', value: 'IBMid-1' }])).toBe('IBMid-1');
  expect(subjectKeyOf([{ name: 'access_group_id', value: 'AccessGroupId-1' }])).toBe('AccessGroupId-1');
  const account: Condition = { name: 'accountId', value: 'a' };
  expect(subjectKeyOf([account, { name: 'serviceName', value: 'is' }])).toBe('is a/a');
  expect(subjectKeyOf([account, { name: 'resourceGroupId', value: 'g' }])).toBe('* a/a');
  expect(subjectKeyOf([account, { name: 'serviceName', value: 'i*', operator: 'stringMatch' }])).toBe('* a/a');
  expect(subjectKeyOf([{ name: 'iam_id', value: 'IBMid-*', operator: 'stringMatch' }])).toBeUndefined();
});
