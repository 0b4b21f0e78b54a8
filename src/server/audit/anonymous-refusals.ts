import type { AuditRecord } from './record.ts';

const WINDOW_MS = 60_000;
/** Refusals of one address in one minute that are recorded one by one. */
const ONE_BY_ONE = 20;
const ADDRESSES = 1000;
const MANY = '*';

/** Keeps whoever has no identity from filling the audit log: beyond a rate, the refusals of an address are counted instead. */
export interface AnonymousRefusals {
  /** The record to write now; undefined: the refusal was counted, and one record per address and minute will tell how many. */
  admit(address: string, now: number, make: () => AuditRecord): AuditRecord | undefined;
  /** Writes what was counted. */
  flush(): Promise<void>;
}

interface Refusals {
  written: number;
  counted: number;
  /** The first that was counted stands for all of them. */
  sample: AuditRecord | undefined;
}

/** What was counted lies in memory for a minute at most; it is the one thing that a crash may take from the audit log. */
export function createAnonymousRefusals(append: (record: AuditRecord) => Promise<void>): AnonymousRefusals {
  let window = 0;
  let byAddress = new Map<string, Refusals>();
  let timer: NodeJS.Timeout | undefined;

  function refusalsOf(address: string): Refusals {
    const key = byAddress.has(address) || byAddress.size < ADDRESSES ? address : MANY;
    const known = byAddress.get(key);
    if (known) return known;
    const made: Refusals = { written: 0, counted: 0, sample: undefined };
    byAddress.set(key, made);
    return made;
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const ended = byAddress;
    byAddress = new Map();
    const writing = [...ended].flatMap(([address, { sample, counted }]) => {
      if (!sample) return [];
      const { initiator } = sample;
      const host = { ...initiator.host, address };
      const record = counted === 1 ? sample : { ...sample, initiator: { ...initiator, host }, count: counted };
      return [append(record).catch(() => again(address, sample, counted))];
    });
    await Promise.all(writing);
  }

  /** The log could not be written, which it has reported itself: the count is told with the next one. */
  function again(address: string, sample: AuditRecord, counted: number): void {
    const refusals = refusalsOf(address);
    refusals.sample ??= sample;
    refusals.counted += counted;
    timer ??= setTimeout(() => void flush(), WINDOW_MS).unref();
  }

  return {
    admit(address, now, make) {
      const current = Math.floor(now / WINDOW_MS);
      if (current !== window) {
        window = current;
        void flush();
      }
      const refusals = refusalsOf(address);
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
