import type { AuditRecord } from './record.ts';

const WINDOW_MS = 60_000;
/** Refusals of one name in one minute that are recorded one by one. */
const ONE_BY_ONE = 20;
const NAMES = 1000;
const MANY = '*';

/** Keeps refusals from filling the audit log: beyond a rate, those of one name (an address, an identity) are counted instead. */
export interface CountedRefusals {
  /** The record to write now; undefined: the refusal was counted, and one record per name and minute will tell how many. */
  admit(name: string, now: number, make: () => AuditRecord): AuditRecord | undefined;
  /** Writes what was counted. */
  flush(): Promise<void>;
}

interface Refusals {
  written: number;
  counted: number;
  /** The first that was counted stands for all of them. */
  sample: AuditRecord | undefined;
}

/** Refusals of whoever has no identity, by address. */
export function byAddress(record: AuditRecord, address: string): AuditRecord {
  const { initiator } = record;
  return { ...record, initiator: { ...initiator, host: { ...initiator.host, address } } };
}

/** Refusals of callers that ask too often, by identity. */
export function byIdentity(record: AuditRecord, id: string): AuditRecord {
  return id === MANY ? { ...record, initiator: { ...record.initiator, id, name: id } } : record;
}

/**
 * What was counted lies in memory for a minute at most; it is the one thing that a crash may take from the audit log. The first refusal
 * stands for all that were counted with it; `named` writes into it whose they were, or `*` for those of many.
 */
export function createCountedRefusals(
  append: (record: AuditRecord) => Promise<void>,
  named: (record: AuditRecord, name: string) => AuditRecord,
): CountedRefusals {
  let window = 0;
  let byName = new Map<string, Refusals>();
  let timer: NodeJS.Timeout | undefined;

  function refusalsOf(name: string): Refusals {
    const key = byName.has(name) || byName.size < NAMES ? name : MANY;
    const known = byName.get(key);
    if (known) return known;
    const made: Refusals = { written: 0, counted: 0, sample: undefined };
    byName.set(key, made);
    return made;
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const ended = byName;
    byName = new Map();
    const writing = [...ended].flatMap(([name, { sample, counted }]) => {
      if (!sample) return [];
      const record = counted === 1 ? sample : { ...named(sample, name), count: counted };
      return [append(record).catch(() => again(name, sample, counted))];
    });
    await Promise.all(writing);
  }

  /** The log could not be written, which it has reported itself: the count is told with the next one. */
  function again(name: string, sample: AuditRecord, counted: number): void {
    const refusals = refusalsOf(name);
    refusals.sample ??= sample;
    refusals.counted += counted;
    timer ??= setTimeout(() => void flush(), WINDOW_MS).unref();
  }

  return {
    admit(name, now, make) {
      const current = Math.floor(now / WINDOW_MS);
      if (current !== window) {
        window = current;
        void flush();
      }
      const refusals = refusalsOf(name);
      if (refusals.written < ONE_BY_ONE) {
        refusals.written += 1;
        return make();
      }
      refusals.counted += 1;
      refusals.sample ??= make();
      timer ??= setTimeout(() => void flush(), WINDOW_MS).unref();
      return undefined;
    },
    flush,
  };
}
