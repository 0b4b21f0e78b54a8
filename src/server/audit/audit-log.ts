import type { KeyObject } from 'node:crypto';
import { RootwardError } from '../../contract/errors.ts';
import { Batch, type Patience } from './chain/batch.ts';
import { type ChainState, headerLine } from './chain/chain.ts';
import { chainFileName } from './chain/chain-files.ts';
import type { CheckpointStore } from './chain/checkpoint.ts';
import { findInOlderFiles } from './chain/older-files.ts';
import { checked, lineOf } from './chain/record-line.ts';
import { type RecoveredChain, recoverChain } from './chain/recover-chain.ts';
import { Segment } from './chain/segment.ts';
import { Journal } from './journal/journal.ts';
import { replayJournal } from './journal/replay-journal.ts';
import { RecentIds } from './outbox/recent-ids.ts';
import type { AuditRecord } from './records/record.ts';

export interface AuditLogOptions {
  readonly directory: string;
  /** Names the chain. One process at a time may write it. */
  readonly writer: string;
  /** HMAC key, derived from the barrier. */
  readonly key: KeyObject;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly checkpoints: CheckpointStore;
  /** Told once when writing or checkpointing begins to fail, and again only after it had worked in between. */
  readonly onFailure: (error: unknown) => void;
  /** A file that has grown beyond this is followed by a new one. */
  readonly maxFileBytes?: number;
  /** How long an append may take before it is given up. */
  readonly patienceMs?: number;
  readonly checkpointEveryMs?: number;
  /** Size of each of the journal's two files. */
  readonly journalBytes?: number;
}

export interface AuditLog {
  /** Resolves when the record is on the disk. Rejects AUDIT_UNAVAILABLE when that failed or took too long. */
  append(record: AuditRecord): Promise<void>;
  /** The same for a record that is a line already, as `lineOf` made it. */
  appendLine(id: string, line: string): Promise<void>;
  /** The newest durable record. */
  head(): { readonly writer: string; readonly count: number; readonly mac: string };
  /** Is a record with this id durable? Reliable for every record since the last checkpoint. */
  knows(id: string): boolean;
  /** Is it on its way to the disk? An append that was given up may still arrive. */
  isPending(id: string): boolean;
  /** Those of `ids` that stand in older files than `knows` knows of. `since`: when the oldest of them was made, in ms since 1970. */
  findOlder(ids: ReadonlySet<string>, since: number): Promise<ReadonlySet<string>>;
  /** The last write failed or is late; nothing has worked since. */
  readonly isFailing: boolean;
  /** Bytes of an unfinished record that a crash had left and opening cut off. */
  readonly tornBytes: number;
  /** Finishes what was accepted, writes a last checkpoint, refuses everything after. */
  close(): Promise<void>;
}

const MAX_FILE_BYTES = 32 * 1024 * 1024;
const PATIENCE_MS = 2000;
const CHECKPOINT_EVERY_MS = 1000;
const MAX_WAITING_CHARACTERS = 8 * 1024 * 1024;
/** Records in a batch from which on the cost of a write hardly shows in theirs. */
const LARGE_BATCH = 64;
/** Turns in a row without a record after which a batch goes. */
const IDLE_TURNS = 2;

/** Opens a writer's chain where it ended. Throws AUDIT_CHAIN if it does not verify from the last checkpoint on. */
export async function openAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  const checkpoint = await options.checkpoints.read(options.writer);
  const { directory, writer, key } = options;
  const read = () => recoverChain(directory, writer, key, checkpoint);
  let recovered = await read();
  if (await replayJournal(directory, writer, key, recovered)) recovered = { ...(await read()), tornBytes: recovered.tornBytes };
  const log = new ChainWriter(options, recovered, checkpoint?.count ?? 0);
  await log.start();
  return log;
}

/**
 * Group commit without a timer: while one batch is on its way to the disk, the next one gathers; it starts when the first has
 * arrived. Reading and writing files happens off the event loop; only linking records costs time on it.
 */
class ChainWriter implements AuditLog {
  readonly tornBytes: number;
  readonly #options: AuditLogOptions;
  readonly #ids: RecentIds;
  readonly #patience: Patience;
  readonly #older: Pick<RecoveredChain, 'firstRead' | 'unread'>;
  #segment: Segment | undefined;
  #journal: Journal | undefined;
  /** Records that are on the disk in their chain files. */
  #synced: number;
  #syncing: Promise<void> | undefined;
  /** A sync failed: nobody knows what of the chain file is on the disk, so nothing more is acknowledged. */
  #lost = false;
  /** Where to go on when there is no open segment. */
  #last: RecoveredChain['last'];
  /** The chain as it is on the disk. */
  #durable: ChainState;
  #waiting = new Batch();
  #underWay: Batch | undefined;
  #spare: Batch | undefined = new Batch();
  #writing: Promise<void> | undefined;
  #checkpointed: number;
  #checkpointing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #failing = { write: false, checkpoint: false };
  /** Set from time to time: the next write checks first whether its file is still there. */
  #lookAgain = false;
  #closed = false;

  constructor(options: AuditLogOptions, recovered: RecoveredChain, checkpointed: number) {
    this.#options = options;
    this.#patience = {
      milliseconds: options.patienceMs ?? PATIENCE_MS,
      onLate: () =>
        this.#report('write', new RootwardError('AUDIT_UNAVAILABLE', { message: 'The audit log could not be written in time.' })),
    };
    this.#last = recovered.last;
    this.#older = recovered;
    this.#durable = recovered.state;
    this.#ids = new RecentIds(recovered.ids);
    this.#checkpointed = checkpointed;
    // Opening cut off and made durable what was not.
    this.#synced = recovered.state.count;
    this.tornBytes = recovered.tornBytes;
  }

  async start(): Promise<void> {
    this.#segment = await this.#openSegment();
    // A crash of the process alone leaves records that are in the file and not on the disk.
    await this.#segment.sync();
    const { directory, writer, journalBytes } = this.#options;
    this.#journal = await Journal.open(directory, writer, {
      settled: (seq) => (seq <= this.#synced ? Promise.resolve() : this.#sync()),
      // What fails is reported where it is waited for, and by the next sync.
      onTurn: () => void this.#sync().catch(() => undefined),
      ...(journalBytes !== undefined && { halfBytes: journalBytes }),
    });
    const tick = (): void => {
      this.#lookAgain = true;
      void this.#checkpoint();
    };
    this.#timer = setInterval(tick, this.#options.checkpointEveryMs ?? CHECKPOINT_EVERY_MS);
    this.#timer.unref();
  }

  async append(record: AuditRecord): Promise<void> {
    return this.#enqueue(record.id, lineOf(record));
  }

  // Not async: every record of a batch has the same promise, and none around it.
  appendLine(id: string, line: string): Promise<void> {
    try {
      return this.#enqueue(id, checked(id, line));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #enqueue(id: string, json: string): Promise<void> {
    if (this.#closed) throw new RootwardError('AUDIT_UNAVAILABLE', { message: 'The audit log is closed.' });
    if (this.#lost)
      throw new RootwardError('AUDIT_UNAVAILABLE', { message: 'The disk of the audit log has failed. Restart the server.' });
    if (this.#waiting.characters > MAX_WAITING_CHARACTERS) throw new RootwardError('AUDIT_UNAVAILABLE');
    const durable = this.#waiting.add(id, json, this.#patience);
    this.#writing ??= this.#write();
    return durable;
  }

  head(): { writer: string; count: number; mac: string } {
    return { writer: this.#options.writer, count: this.#durable.count, mac: this.#durable.mac.toString('base64url') };
  }

  knows(id: string): boolean {
    return this.#ids.has(id);
  }

  get isFailing(): boolean {
    return this.#failing.write;
  }

  isPending(id: string): boolean {
    return this.#waiting.ids.includes(id) || this.#underWay?.ids.includes(id) === true;
  }

  findOlder(ids: ReadonlySet<string>, since: number): Promise<ReadonlySet<string>> {
    return findInOlderFiles(this.#older.unread, this.#older.firstRead, ids, since);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    // A write that hangs in the kernel must not keep the process: its records have been given up by then.
    const finished = await within(this.#writing, this.#patience.milliseconds);
    await this.#checkpointing;
    await this.#checkpoint();
    if (!finished) return;
    await this.#segment?.close();
    await this.#journal?.close();
  }

  /** Writes batch after batch until nothing waits. Never rejects. */
  async #write(): Promise<void> {
    while (this.#waiting.ids.length > 0) {
      await this.#gather();
      const batch = this.#waiting;
      this.#waiting = this.#spare ?? new Batch();
      this.#spare = undefined;
      this.#underWay = batch;
      try {
        // Only now: what it is linked to is on the disk.
        const end = batch.link(this.#options.key, this.#durable);
        await this.#commit(batch, end.count);
        this.#durable = end;
        this.#ids.add(batch.ids);
        this.#failing.write = false;
        batch.succeed();
      } catch (cause) {
        await this.#giveUp(batch, cause);
      }
      this.#underWay = undefined;
      batch.reset();
      this.#spare = batch;
    }
    this.#writing = undefined;
  }

  /**
   * While turns of the event loop bring further records, they join: a turn costs microseconds, a write and its sync much more. One
   * turn that brings none is no end: clients that got their answers together ask again a little apart. A batch that is large enough
   * goes at once, so that the disk works while the next one gathers.
   */
  async #gather(): Promise<void> {
    for (let idle = 0; idle < IDLE_TURNS && this.#waiting.ids.length < LARGE_BATCH; ) {
      const before = this.#waiting.ids.length;
      await nextTurn();
      idle = this.#waiting.ids.length > before ? 0 : idle + 1;
    }
  }

  async #commit(batch: Batch, last: number): Promise<void> {
    this.#segment ??= await this.#openSegment();
    if (this.#lookAgain) {
      this.#lookAgain = false;
      if (!(await this.#segment.isLinked())) throw new Error(`${this.#segment.path} was deleted`);
    }
    if (this.#segment.size >= (this.#options.maxFileBytes ?? MAX_FILE_BYTES)) {
      // What the journal may have to give back belongs into the last file.
      await this.#sync();
      await this.#segment.close();
      this.#segment = undefined;
      this.#segment = await this.#newSegment();
    }
    // First where it may not fit. A batch that is refused must not be in the journal, from where a crash would bring it back.
    await this.#segment.append(batch.bytes, batch.length);
    if (this.#journal?.takes(batch.length)) await this.#journal.append(batch.bytes, batch.length, last);
    else await this.#segment.sync();
    this.#last = { path: this.#segment.path, size: this.#segment.size };
  }

  /** What waits is refused with what could not be written, so that nobody waits for a disk that fails; the next append starts afresh. */
  async #giveUp(batch: Batch, cause: unknown): Promise<void> {
    const error = new RootwardError('AUDIT_UNAVAILABLE', { cause });
    const broken = this.#segment;
    await this.#syncing?.catch(() => undefined);
    this.#segment = undefined;
    batch.fail(error);
    this.#waiting.fail(error);
    this.#waiting.reset();
    this.#report('write', cause);
    // The file is given up in any case, and the error that matters has been reported.
    await broken?.close().catch(() => undefined);
  }

  async #openSegment(): Promise<Segment> {
    return this.#last === undefined ? await this.#newSegment() : await Segment.reopen(this.#last.path, this.#last.size);
  }

  async #newSegment(): Promise<Segment> {
    const { directory, writer, key } = this.#options;
    const segment = await Segment.create(
      directory,
      chainFileName(writer, this.#durable.count + 1),
      headerLine(key, writer, this.#durable),
    );
    this.#last = { path: segment.path, size: segment.size };
    return segment;
  }

  /** Brings every record that is acknowledged by now to the disk in its chain file. */
  #sync(): Promise<void> {
    this.#syncing ??= this.#syncNow().finally(() => {
      this.#syncing = undefined;
    });
    return this.#syncing;
  }

  async #syncNow(): Promise<void> {
    const { count } = this.#durable;
    if (count === this.#synced) return;
    try {
      this.#segment ??= await this.#openSegment();
      await this.#segment.sync();
      this.#synced = count;
    } catch (error) {
      this.#lost = true;
      this.#report('write', error);
      throw error;
    }
  }

  #checkpoint(): Promise<void> {
    this.#checkpointing ??= this.#writeCheckpoint().finally(() => {
      this.#checkpointing = undefined;
    });
    return this.#checkpointing;
  }

  async #writeCheckpoint(): Promise<void> {
    const head = this.head();
    if (head.count === this.#checkpointed) return;
    try {
      // A checkpoint promises what a file has, whatever happens to the machine.
      await this.#sync();
      await this.#options.checkpoints.write({ ...head, at: new Date(this.#options.clock()).toISOString() });
      this.#checkpointed = head.count;
      this.#failing.checkpoint = false;
      this.#ids.age();
    } catch (error) {
      this.#report('checkpoint', error);
    }
  }

  #report(what: 'write' | 'checkpoint', error: unknown): void {
    if (this.#failing[what]) return;
    this.#failing[what] = true;
    this.#options.onFailure(error);
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Waits for `work`, but not longer than `ms`; tells whether it is done. */
async function within(work: Promise<void> | undefined, ms: number): Promise<boolean> {
  if (work === undefined) return true;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  const finished = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return finished;
}
