import { constants, existsSync, readFileSync } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncDirectory } from './sync-directory.ts';

/** A write returns when its bytes are on the disk: what `fdatasync` after each write does, in one call instead of two. */
const WRITE = constants.O_WRONLY | constants.O_DSYNC | constants.O_CREAT;
const HALF_BYTES = 4 * 1024 * 1024;
/** A half grows by this until it is whole, so that a quiet server has a small one. */
const STEP_BYTES = 256 * 1024;
const ZEROS = Buffer.alloc(STEP_BYTES);

/** One of the two files, written from its beginning again each time it is its turn. */
interface Half {
  readonly file: FileHandle;
  /** Bytes that the file has: overwriting them changes nothing but them. */
  prepared: number;
  /** Seq of the last record in it. */
  last: number;
}

export interface JournalOptions {
  /** Resolves once every record up to `seq` is on the disk in its chain file, so that its place here may be used again. */
  readonly settled: (seq: number) => Promise<void>;
  /** Told that a half is full and its records should get into their chain file for good, soon. */
  readonly onTurn: () => void;
  readonly halfBytes?: number;
}

/**
 * The newest records of a chain once more, in two files that do not grow. Appending to a file durably costs the file system a
 * transaction of its own each time, for the new size; overwriting bytes that are there costs only them. So a record is durable by
 * being here, and its chain file is synced now and then. After a crash, what the chain file lacks is taken from here.
 */
export class Journal {
  readonly #halves: readonly [Half, Half];
  readonly #options: JournalOptions;
  readonly #halfBytes: number;
  #turn: 0 | 1 = 0;
  #at = 0;
  /** Bytes behind `#at` that a failed write may have left: they are no records. */
  #doubtful = 0;

  private constructor(halves: readonly [Half, Half], options: JournalOptions) {
    this.#halves = halves;
    this.#options = options;
    this.#halfBytes = options.halfBytes ?? HALF_BYTES;
  }

  /** What is in it has to be in the chain file already (recover-chain.ts): it is written over. */
  static async open(directory: string, writer: string, options: JournalOptions): Promise<Journal> {
    const place = placeOf(directory);
    await mkdir(place, { recursive: true, mode: 0o700 });
    const first = await openHalf(directory, writer, 0);
    const second = await openHalf(directory, writer, 1);
    await syncDirectory(place);
    await syncDirectory(dirname(place));
    return new Journal([first, second], options);
  }

  /** May a batch of this length be written here? */
  takes(length: number): boolean {
    return length <= this.#halfBytes;
  }

  /** Resolves once the bytes, records up to `last`, are on the disk. After a rejection none of them counts. */
  async append(bytes: Buffer, length: number, last: number): Promise<void> {
    await this.#clearDoubtful();
    if (this.#at + length > this.#halfBytes) await this.#change();
    const half = this.#halves[this.#turn];
    while (half.prepared < this.#at + length) await this.#prepare(half);
    this.#doubtful = length;
    await writeAll(half.file, bytes, length, this.#at);
    this.#doubtful = 0;
    this.#at += length;
    half.last = last;
  }

  async close(): Promise<void> {
    for (const { file } of this.#halves) await file.close();
  }

  async #change(): Promise<void> {
    const next = this.#turn === 0 ? 1 : 0;
    await this.#options.settled(this.#halves[next].last);
    this.#turn = next;
    this.#at = 0;
    this.#options.onTurn();
  }

  async #prepare(half: Half): Promise<void> {
    const length = Math.min(STEP_BYTES, this.#halfBytes - half.prepared);
    await writeAll(half.file, ZEROS, length, half.prepared);
    half.prepared += length;
  }

  /** Records of a batch that was given up must not be taken for the ones that came in their place. */
  async #clearDoubtful(): Promise<void> {
    const { file } = this.#halves[this.#turn];
    for (let done = 0; done < this.#doubtful; done += STEP_BYTES) {
      await writeAll(file, ZEROS, Math.min(STEP_BYTES, this.#doubtful - done), this.#at + done);
    }
    this.#doubtful = 0;
  }
}

/** What both halves hold: lines of records, between remains of older ones. */
export function readJournal(directory: string, writer: string): Buffer[] {
  return [0, 1]
    .map((half) => pathOf(directory, writer, half))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path));
}

async function openHalf(directory: string, writer: string, half: number): Promise<Half> {
  const file = await open(pathOf(directory, writer, half), WRITE, 0o600);
  return { file, prepared: (await file.stat()).size, last: 0 };
}

async function writeAll(file: FileHandle, bytes: Buffer, length: number, at: number): Promise<void> {
  for (let done = 0; done < length; ) done += (await file.write(bytes, done, length - done, at + done)).bytesWritten;
}

/** Beside the directory of the chains, where everything is for people and their tools to read. */
function placeOf(directory: string): string {
  return `${directory}.journal`;
}

function pathOf(directory: string, writer: string, half: number): string {
  return join(placeOf(directory), `${writer}.${half}`);
}
