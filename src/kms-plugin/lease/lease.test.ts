import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ERRORS, type ErrorRow } from '../../contract/errors.ts';
import { unwrapDek } from '../../contract/keys/use/unwrap.ts';
import { wrapDek } from '../../contract/keys/use/wrap.ts';
import { answersOf } from '../../contract/openapi/answers.ts';
import { type Answer, EFFECTS, type FailureKind, failureOf, leaseEventOf } from './call-failure.ts';
import { afterEvent, type CutReason, type Lease, type LeaseEvent, leaseUse, NO_LEASE, type Verdict } from './lease.ts';

const MINUTE = 60_000;
const RULES = { leaseMs: 60 * MINUTE, refusalGapMs: 5000 };
const PINNED = 'the-server';

const following = (start: Lease, ...events: LeaseEvent[]): Lease =>
  events.reduce((lease, event) => afterEvent(lease, event, RULES), start);
const granted = following(NO_LEASE, { type: 'renewed', startedAt: 0 });
const renewed = (startedAt: number): LeaseEvent => ({ type: 'renewed', startedAt });
const refused = (at: number, reason: CutReason = 'suspended'): LeaseEvent => ({ type: 'refused', at, reason });
const verdict = (at: number, value: Verdict): LeaseEvent => ({ type: 'verdict', at, verdict: value });
const may = (lease: Lease, now: number): string => leaseUse(lease, now, RULES).may;
const use = (lease: Lease, now: number) => leaseUse(lease, now, RULES);

/** The lease after the same bad answer to everything, once a second for a while. */
const hammered = (kind: FailureKind, seconds = 30): Lease =>
  Array.from({ length: seconds }, (_, second) => leaseEventOf(kind, (second + 1) * 1000)).reduce<Lease>(
    (lease, event) => (event === undefined ? lease : afterEvent(lease, event, RULES)),
    granted,
  );
const answered = (answer: Partial<Answer>): FailureKind | undefined =>
  failureOf('unwrap', { status: 200, serverId: PINNED, reason: undefined, ...answer }, PINNED)?.kind;

test('a lease runs for its time from the start of the renewal, and not a millisecond longer', () => {
  expect(may(granted, 60 * MINUTE - 1)).toBe('use');
  expect(use(granted, 60 * MINUTE)).toEqual({ may: 'ask', because: 'unreachable' });
  expect(may(following(granted, renewed(MINUTE)), 61 * MINUTE - 1)).toBe('use');
});

test('a late answer to an early question does not shorten a lease', () => {
  expect(may(following(granted, renewed(MINUTE), renewed(1)), 61 * MINUTE - 1)).toBe('use');
});

describe('what never cuts a lease', () => {
  const never: [string, FailureKind | undefined][] = [
    ['a timeout', 'timeout'],
    ['a lost connection', 'network'],
    ['a TLS mismatch', 'tls'],
    ['503 (sealed, or any other reason)', answered({ status: 503 })],
    ['500', answered({ status: 500 })],
    ['429', answered({ status: 429 })],
    ['the wrong server, whatever it says', answered({ status: 410, reason: 'KEY_DELETED_ERR', serverId: 'another' })],
    ['an answer without a server id', answered({ status: 409, reason: 'KEY_ACTION_INVALID_STATE_ERR', serverId: undefined })],
    ['an unknown instance (401)', answered({ status: 401 })],
    ['an unknown key or address (404)', answered({ status: 404, reason: 'KEY_NOT_FOUND_ERR' })],
    ['a refused login', 'login'],
    ['nonsense', answered({ status: 418 })],
    ['409 and 410 of another meaning', answered({ status: 409, reason: 'REQ_TOO_EARLY_ERR' })],
    ['an open breaker', 'breaker-open'],
  ];
  for (const [name, kind] of never) {
    test(`${name} never cuts a lease; it lets it run out`, () => {
      const lease = hammered(kind ?? 'suspended');
      expect(lease.standing).toBe('open');
      expect(may(lease, 60 * MINUTE - 1)).toBe('use');
      expect(use(lease, 60 * MINUTE)).toEqual({ may: 'ask', because: 'unreachable' });
      expect(may(following(lease, renewed(61 * MINUTE)), 62 * MINUTE)).toBe('use');
    });
  }

  test('a ciphertext that does not open says nothing about the key', () => {
    expect(answered({ status: 422 })).toBe('ciphertext');
    expect(leaseEventOf('ciphertext', 1)).toBeUndefined();
  });

  test('of all refusals of the key service, those cut that say the key is disabled or deleted, and nothing else does', () => {
    const codes = new Set([wrapDek, unwrapDek].flatMap((one) => [...answersOf(one).errors.values()].flat()));
    expect([...codes]).toContain('NETWORK_DENIED');
    const cutting = [...codes].filter((code) => {
      const row: ErrorRow = ERRORS[code];
      const status = row.keyProtect?.http ?? row.http;
      // Nobody is told why a 401 is one.
      const reason = status === 401 ? undefined : (row.keyProtect?.reason ?? code);
      return typeof hammered(answered({ status, reason }) ?? 'protocol').standing === 'object';
    });
    expect(cutting.sort()).toEqual(['KEY_DELETED', 'KEY_STATE']);
  });

  test('exactly three kinds of failure are definitive', () => {
    const cutting = (Object.keys(EFFECTS) as FailureKind[]).filter((kind) => typeof hammered(kind).standing === 'object');
    expect(cutting.sort()).toEqual(['denied', 'destroyed', 'suspended']);
  });
});

describe('what the answers of the pinned server mean', () => {
  const rows: [string, Parameters<typeof failureOf>[0], Partial<Answer>, FailureKind | undefined][] = [
    ['success', 'wrap', {}, undefined],
    [
      'wrap refused by state: expired or suspended, unwrap tells',
      'wrap',
      { status: 409, reason: 'KEY_ACTION_INVALID_STATE_ERR' },
      'wrap-state',
    ],
    ['unwrap refused by state: suspended', 'unwrap', { status: 409, reason: 'KEY_ACTION_INVALID_STATE_ERR' }, 'suspended'],
    ['deleted', 'wrap', { status: 410, reason: 'KEY_DELETED_ERR' }, 'destroyed'],
    ['410 of a proxy', 'unwrap', { status: 410 }, 'protocol'],
    ['denied', 'unwrap', { status: 403 }, 'denied'],
    ['a redirect', 'unwrap', { status: 302 }, 'protocol'],
  ];
  for (const [name, direction, answer, kind] of rows) {
    test(name, () => {
      expect(failureOf(direction, { status: 200, serverId: PINNED, reason: undefined, ...answer }, PINNED)?.kind).toBe(kind);
    });
  }
});

describe('answers that cut', () => {
  test('suspended seen once does not cut', () => {
    const lease = following(granted, refused(1000));
    expect(may(lease, 60 * MINUTE - 1)).toBe('use');
  });

  test('suspended seen twice within five seconds does not cut', () => {
    expect(may(following(granted, refused(1000), refused(5999)), 6000)).toBe('use');
  });

  test('suspended seen twice five seconds apart cuts', () => {
    expect(use(following(granted, refused(1000), refused(3000), refused(6000)), 6000)).toEqual({
      may: 'refuse',
      because: 'suspended',
    });
  });

  test('a timeout between two refusals changes nothing', () => {
    const timeout: LeaseEvent = { type: 'not-renewed', cause: 'unreachable' };
    expect(may(following(granted, refused(1000), timeout, refused(6000)), 6000)).toBe('refuse');
  });

  test('a renewal between two refusals takes the first one back', () => {
    expect(may(following(granted, refused(1000), renewed(2000), refused(6000)), 6000)).toBe('use');
  });

  test('a renewal that was asked for before the refusal does not take it back', () => {
    expect(may(following(granted, refused(1000), renewed(900), refused(6000)), 6000)).toBe('refuse');
  });

  test('what answers cut, a later successful answer lifts, an earlier one does not', () => {
    const cut = following(granted, refused(1000), refused(6000));
    expect(may(following(cut, renewed(5999)), 7000)).toBe('refuse');
    expect(may(following(cut, refused(8000), renewed(7999)), 9000)).toBe('refuse');
    expect(may(following(cut, renewed(7000)), 8000)).toBe('use');
  });

  test('what answers cut, a list that still says usable does not lift', () => {
    expect(may(following(granted, refused(1000), refused(6000), verdict(7000, 'usable')), 8000)).toBe('refuse');
  });
});

describe('verdicts', () => {
  for (const reason of ['suspended', 'destroyed', 'denied'] as const) {
    test(`a verdict by event cuts at once: ${reason}`, () => {
      const cut = following(granted, verdict(1000, reason));
      expect(use(cut, 1000)).toEqual({ may: 'refuse', because: reason });
      expect(may(following(cut, renewed(2000)), 3000)).toBe('refuse');
    });

    test(`usable after ${reason}: nothing may be used before a renewal`, () => {
      const back = following(granted, verdict(1000, reason), verdict(2000, 'usable'));
      expect(may(back, 2001)).toBe('ask');
      expect(may(following(back, renewed(2001)), 2002)).toBe('use');
    });
  }

  test('usable does not renew', () => {
    expect(may(following(NO_LEASE, verdict(1, 'usable')), 2)).toBe('ask');
    expect(may(following(granted, verdict(59 * MINUTE, 'usable')), 60 * MINUTE)).toBe('ask');
  });
});

describe('expired stops renewal, does not cut', () => {
  test('by verdict', () => {
    const lease = following(granted, verdict(1000, 'expired'), renewed(MINUTE));
    expect(may(lease, 60 * MINUTE - 1)).toBe('use');
    expect(use(lease, 60 * MINUTE)).toEqual({ may: 'refuse', because: 'expired' });
  });

  test('by answers: a refused wrap, and then the server goes away', () => {
    const lease = following(granted, { type: 'not-renewed', cause: 'expired' }, { type: 'not-renewed', cause: 'unreachable' });
    expect(may(lease, 60 * MINUTE - 1)).toBe('use');
    expect(use(lease, 60 * MINUTE)).toEqual({ may: 'refuse', because: 'expired' });
  });

  test('a key that was cut before has nothing left to run out', () => {
    expect(use(following(granted, verdict(1, 'suspended'), verdict(2, 'expired')), 3)).toEqual({
      may: 'refuse',
      because: 'expired',
    });
  });

  test('a key whose expiry was moved may be renewed again', () => {
    const lease = following(granted, { type: 'not-renewed', cause: 'expired' }, verdict(1, 'expired'), verdict(2, 'usable'));
    expect(may(lease, 60 * MINUTE)).toBe('ask');
    expect(may(following(lease, renewed(61 * MINUTE)), 61 * MINUTE)).toBe('use');
  });
});

describe('for every order of events', () => {
  const at = fc.integer({ min: 0, max: 200 * MINUTE });
  const event: fc.Arbitrary<LeaseEvent> = fc.oneof(
    fc.record({ type: fc.constant('renewed' as const), startedAt: at }),
    fc.record({
      type: fc.constant('refused' as const),
      at,
      reason: fc.constantFrom<CutReason>('suspended', 'destroyed', 'denied'),
    }),
    fc.record({ type: fc.constant('not-renewed' as const), cause: fc.constantFrom('expired' as const, 'unreachable' as const) }),
    fc.record({
      type: fc.constant('verdict' as const),
      at,
      verdict: fc.constantFrom<Verdict>('usable', 'suspended', 'destroyed', 'expired', 'denied'),
    }),
  );
  const time = (each: LeaseEvent): number =>
    each.type === 'renewed' ? each.startedAt : each.type === 'not-renewed' ? 0 : each.at;
  const ordered = fc.array(event, { maxLength: 30 }).map((events) => events.toSorted((a, b) => time(a) - time(b)));

  test('nothing is usable longer than one lease after the last renewal', () => {
    fc.assert(
      fc.property(ordered, at, (events, now) => {
        const last = events.findLast(({ type }) => type === 'renewed');
        const lease = following(NO_LEASE, ...events);
        if (last === undefined || now >= time(last) + RULES.leaseMs) expect(may(lease, now)).not.toBe('use');
      }),
    );
  });

  test('without a definitive answer a lease always runs its full time', () => {
    const harmless = ordered.map((events) =>
      events.filter((each) => each.type !== 'refused' && (each.type !== 'verdict' || each.verdict === 'usable')),
    );
    fc.assert(
      fc.property(harmless, (events) => {
        const last = events.findLast(({ type }) => type === 'renewed');
        if (last !== undefined) expect(may(following(NO_LEASE, ...events), time(last) + RULES.leaseMs - 1)).toBe('use');
      }),
    );
  });

  test('after a cutting verdict nothing is usable until another verdict', () => {
    fc.assert(
      fc.property(
        ordered,
        fc.constantFrom<CutReason>('suspended', 'destroyed', 'denied'),
        ordered,
        at,
        (events, reason, more, now) => {
          const cut = following(NO_LEASE, ...events, verdict(0, reason));
          expect(may(following(cut, ...more.filter(({ type }) => type !== 'verdict')), now)).toBe('refuse');
        },
      ),
    );
  });
});
