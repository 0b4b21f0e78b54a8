import { describe, expect, it } from 'vitest';
import { formatInstant, parseInstant } from './instant.ts';

describe('an instant in text', () => {
  it.each([
    ['2030-02-28T10:00:00Z', '2030-02-28T10:00:00Z'],
    ['2028-02-29T23:59:59.999999999+02:00', '2028-02-29T21:59:59Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59Z'],
    ['2030-01-31', '2030-01-31T00:00:00Z'],
  ])('%s is read', (text, shown) => {
    expect(formatInstant(parseInstant(text) ?? 0)).toBe(shown);
  });

  it.each([
    ['a day that its month does not have', '2030-02-30T00:00:00Z'],
    ['the 29th of February of a year without one', '2030-02-29T00:00:00Z'],
    ['the hour 24', '2030-02-20T24:00:00Z'],
    ['the month 13', '2030-13-01T00:00:00Z'],
    ['one that is after the year 9999 in UTC, where it could not be shown', '9999-12-31T23:59:59-23:59'],
    ['one before the year 0 in UTC', '0000-01-01T00:00:00+01:00'],
    ['no date', 'tomorrow'],
  ])('%s is none', (_what, text) => {
    expect(parseInstant(text)).toBeUndefined();
  });
});
