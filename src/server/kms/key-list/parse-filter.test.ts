import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RootwardError } from '../../../contract/errors.ts';
import { FUZZ_RUNS } from '../../../contract/testkit/fuzz-runs.ts';
import { parseFilter } from './parse-filter.ts';

const NOON = Date.parse('2026-01-02T12:00:00Z');
const PROPERTIES = ['creationDate', 'deletionDate', 'expirationDate', 'lastRotateDate', 'lastUpdateDate'];

describe('a filter', () => {
  it('of dates is about what the API shows: whole seconds', () => {
    const dates = (value: string) => parseFilter(`creationDate=${value}`).dates;
    const date = 'created_at';
    expect(dates('"2026-01-02T12:00:00Z"')).toEqual([{ date, from: NOON, before: NOON + 1000 }]);
    expect(dates('lt:"2026-01-02T12:00:00Z"')).toEqual([{ date, before: NOON }]);
    expect(dates('lte:"2026-01-02T12:00:00Z"')).toEqual([{ date, before: NOON + 1000 }]);
    expect(dates('gt:"2026-01-02T12:00:00Z"')).toEqual([{ date, from: NOON + 1000 }]);
    expect(dates('gte:"2026-01-02T12:00:00Z"')).toEqual([{ date, from: NOON }]);
  });

  it('takes the nanoseconds and the zone that the Go client writes', () => {
    const half = '"2026-01-02T13:00:00.500000001+01:00"';
    const [lt, lte, gt, gte] = ['lt', 'lte', 'gt', 'gte'].map((op) => parseFilter(`expirationDate=${op}:${half}`).dates[0]);
    expect(lt).toEqual({ date: 'expires_at', before: NOON + 1000 });
    expect(lte).toEqual({ date: 'expires_at', before: NOON + 1000 });
    expect(gt).toEqual({ date: 'expires_at', from: NOON + 1000 });
    expect(gte).toEqual({ date: 'expires_at', from: NOON + 1000 });
    const [equal] = parseFilter(`expirationDate=${half}`).dates;
    expect(equal).toEqual({ date: 'expires_at', from: NOON + 1000, before: NOON + 1000 });
  });

  it.each(['none', 'NONE', 'None'])('%s is a date that is absent', (none) => {
    expect(parseFilter(`lastRotateDate=${none}`).dates).toEqual([{ date: 'rotated_at', absent: true }]);
  });

  it('may begin and end with spaces, and have none between: the Go client begins with one', () => {
    expect(parseFilter(' state=1,2  extractable=FALSE ')).toEqual({ states: [1, 2], extractable: [false], dates: [] });
    expect(parseFilter('')).toEqual({ states: undefined, extractable: [], dates: [] });
    expect(parseFilter('  ')).toEqual(parseFilter(''));
  });

  it('holds with all of its terms: states that two terms have in common', () => {
    expect(parseFilter('state=1,2,5 state=5,2 state=2').states).toEqual([2]);
    expect(parseFilter('state=1 state=2').states).toEqual([]);
    expect(parseFilter('extractable=true extractable=false').extractable).toEqual([true, false]);
    const from = 'creationDate=gte:"2026-01-01T00:00:00Z"';
    expect(parseFilter(`${from} creationDate=lt:"2026-02-01T00:00:00Z"`).dates).toHaveLength(2);
  });

  it('uses one property at most three times', () => {
    for (const term of [...PROPERTIES.map((name) => `${name}=none`), 'state=1', 'extractable=true']) {
      expect(() => parseFilter(Array(3).fill(term).join(' '))).not.toThrow();
      expect(() => parseFilter(Array(4).fill(term).join(' '))).toThrow('at most 3 times');
    }
  });

  it.each([
    'state',
    '=',
    'state=',
    'state=4',
    'state=1, 2',
    'state=none',
    'state=lt:3',
    'state="1"',
    'extractable=1',
    'extractable=none',
    'name=x',
    'Name=x',
    'creationdate=none',
    'creationDate=',
    'creationDate=2026-01-02T12:00:00Z',
    'creationDate="2026-01-02"',
    'creationDate="2026-01-02T12:00:00"',
    'creationDate="2026-02-30T12:00:00Z"',
    'creationDate="2026-01-02T24:00:00Z"',
    'creationDate="2026-13-01T00:00:00Z"',
    'creationDate="2026-01-02T12:60:00Z"',
    'creationDate=eq:"2026-01-02T12:00:00Z"',
    'creationDate=LT:"2026-01-02T12:00:00Z"',
    'creationDate=lt:none',
    'creationDate="none"',
    'creationDate=gt:',
    'creationDate="2026-01-02T12:00:00Z',
    '__proto__=1',
  ])('%s is refused by name', (text) => {
    expect(() => parseFilter(text)).toThrow(
      expect.objectContaining({ code: 'INVALID_QUERY', target: { type: 'query_param', name: 'filter' } }),
    );
  });

  it('of any text is conditions on real instants, or a typed error', () => {
    const word = fc.constantFrom(
      ...PROPERTIES,
      'state',
      'extractable',
      '=',
      ' ',
      '"',
      'lt:',
      'gte:',
      'none',
      'true',
      '1,2',
      '"2026-01-02T12:00:00Z"',
      '"2026-02-29T23:59:59.123456789+05:30"',
    );
    const anything = fc.array(fc.oneof({ weight: 6, arbitrary: word }, fc.string({ unit: 'binary', maxLength: 4 })), {
      maxLength: 10,
    });
    const term = fc.tuple(
      fc.constantFrom(...PROPERTIES),
      fc.constantFrom('', 'lt:', 'lte:', 'gt:', 'gte:'),
      fc.date({ noInvalidDate: false }),
    );
    const dates = fc.array(
      term.map(([name, op, at]) => ` ${name}=${op}"${Number.isNaN(at.getTime()) ? 'never' : at.toISOString()}"`),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(fc.oneof(anything, dates), (parts) => {
        const text = parts.join('');
        try {
          const { states = [], dates: conditions } = parseFilter(text);
          for (const state of states) expect([0, 1, 2, 3, 5]).toContain(state);
          for (const condition of conditions) {
            if (condition.absent) continue;
            const bounds = [condition.from, condition.before].filter((bound) => bound !== undefined);
            expect(bounds.length).toBeGreaterThan(0);
            for (const bound of bounds) expect(Math.abs(bound % 1000)).toBe(0);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(RootwardError);
          expect((error as RootwardError).code).toBe('INVALID_QUERY');
        }
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});
