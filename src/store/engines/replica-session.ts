import { RootwardError } from '../../contract/errors.ts';
import type { Topic } from '../store.ts';
import type { ChangeListener, Sequences } from './engine.ts';
import type { Listener } from './postgres.ts';

/** Where replicas tell each other that counts have moved. */
export const CHANNEL = 'rootward_changes';
export const READ_SEQUENCES = 'select topic, value from change_sequence';

const POLL_MS = 500;
/** How old what a replica knows of the others' changes may be. */
const IN_STEP_MS = 2000;

export interface ReplicaSession {
  /** Throws REPLICA_BEHIND if the counts were last confirmed more than 2 s ago. */
  mustBeInStep(): void;
  /** The counts were read, by a question that was asked at `askedAt` on the clock of `monotonic`. */
  confirmed(askedAt: number): void;
  take(name: string): Promise<boolean>;
  giveBack(name: string): Promise<void>;
  close(): Promise<void>;
}

export const monotonic = (): number => performance.now();

/**
 * The one connection on which a replica hears of the others' changes, asks every 500 ms whether it has missed one, and holds its
 * names as locks of that connection. Where the connection breaks, it is made anew, and the names are taken again. `sender` tells what
 * this process announces from what others do.
 */
export async function openReplicaSession(
  connect: () => Promise<Listener>,
  changes: ChangeListener,
  sender: string,
): Promise<ReplicaSession> {
  const names = new Map<string, boolean>();
  let listener: Listener | undefined;
  let confirmedAt = Number.NEGATIVE_INFINITY;
  let closing = false;
  /** The connection was lost, and nothing was read by the one that takes its place. */
  let isAnew = false;
  let wake = (): void => undefined;

  async function open(): Promise<Listener> {
    const made = await connect();
    made.onNotification((payload) => {
      // What we have said ourselves we know.
      if (!payload.endsWith(senderText(sender))) changes.heard(parsePayload(payload));
    });
    // The server finds out that we are gone, and frees our names, soon after we have found out ourselves.
    await made.query('set tcp_keepalives_idle = 5');
    await made.query('set tcp_keepalives_interval = 2');
    await made.query('set tcp_keepalives_count = 3');
    await made.query(`listen ${CHANNEL}`);
    for (const name of names.keys()) names.set(name, false);
    return made;
  }

  async function poll(): Promise<void> {
    listener ??= await open();
    const askedAt = monotonic();
    const news = changes.news();
    const rows = await listener.query<{ topic: Topic; value: number }>(READ_SEQUENCES);
    // What was learnt since may be newer than the answer.
    (changes.news() === news ? changes.moved : changes.heard)(new Map(rows.map(({ topic, value }) => [topic, value])));
    if (isAnew) changes.lostSight();
    isAnew = false;
    confirmed(askedAt);
    for (const [name, isHeld] of names) if (!isHeld && (await lock(listener, name))) names.set(name, true);
  }

  function confirmed(askedAt: number): void {
    confirmedAt = Math.max(confirmedAt, askedAt);
  }

  async function keepPolling(): Promise<void> {
    while (!closing) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, POLL_MS).unref();
      });
      if (closing) break;
      try {
        await poll();
      } catch {
        // Whoever needs the store meanwhile gets the error; here it only counts that nothing was confirmed.
        const broken = listener;
        listener = undefined;
        isAnew = true;
        await broken?.end();
      }
    }
  }

  await poll();
  const polling = keepPolling();
  return {
    mustBeInStep() {
      if (monotonic() - confirmedAt > IN_STEP_MS) throw new RootwardError('REPLICA_BEHIND');
    },
    confirmed,
    async take(name) {
      if (names.get(name)) return true;
      if (!listener) throw new RootwardError('STORE_UNAVAILABLE');
      const isHeld = await lock(listener, name);
      if (isHeld) names.set(name, true);
      return isHeld;
    },
    async giveBack(name) {
      if (names.get(name)) await listener?.query('select pg_advisory_unlock(hashtextextended($1, 0))', [lockText(name)]);
      names.delete(name);
    },
    async close() {
      closing = true;
      wake();
      await polling;
      await listener?.end();
    },
  };
}

/** What a name is called among the locks of the database. */
export const lockText = (name: string): string => `rootward ${name}`;

async function lock(listener: Listener, name: string): Promise<boolean> {
  const [row] = await listener.query<{ held: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 0)) as held', [
    lockText(name),
  ]);
  return row?.held === true;
}

export const payloadOf = (sequences: Sequences, sender: string): string =>
  [...sequences].map(([topic, value]) => `${topic}=${value}`).join(' ') + senderText(sender);

const senderText = (sender: string): string => ` from=${sender}`;

function parsePayload(payload: string): Sequences {
  const parts = payload.split(' ').map((part) => part.split('='));
  return new Map(parts.map(([topic = '', value]) => [topic as Topic, Number(value)]));
}
