import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RootwardError } from '../../contract/errors.ts';

/** A write returns when its bytes are on the disk: what `fdatasync` after each write does, in one call instead of two. */
const WRITE = constants.O_WRONLY | constants.O_DSYNC;

/** The file that a writer appends to. Only bytes that reached the disk count. */
export class Segment {
  readonly path: string;
  readonly #file: FileHandle;
  #size: number;

  private constructor(path: string, file: FileHandle, size: number) {
    this.path = path;
    this.#file = file;
    this.#size = size;
  }

  /** A new file with its first line, durable together with its name. A file of that name can only be one that was never finished. */
  static async create(directory: string, name: string, header: string): Promise<Segment> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, name);
    const file = await open(path, WRITE | constants.O_CREAT | constants.O_TRUNC, 0o600);
    const segment = new Segment(path, file, 0);
    try {
      await segment.append(Buffer.from(header), Buffer.byteLength(header));
      await syncDirectory(directory);
      await syncDirectory(dirname(directory));
    } catch (error) {
      await file.close();
      throw error;
    }
    return segment;
  }

  /** Opens a file to go on after `size` bytes; what a failed or torn write left behind them is cut off. */
  static async reopen(path: string, size: number): Promise<Segment> {
    const file = await open(path, WRITE);
    try {
      const found = (await file.stat()).size;
      if (found < size)
        throw new RootwardError('AUDIT_CHAIN', { message: `${path} has lost ${size - found} bytes while the server ran.` });
      if (found > size) {
        await file.truncate(size);
        await file.datasync();
      }
    } catch (error) {
      await file.close();
      throw error;
    }
    return new Segment(path, file, size);
  }

  get size(): number {
    return this.#size;
  }

  /** Resolves once the bytes are on the disk. After a rejection the segment must be closed and reopened. */
  async append(bytes: Buffer, length: number): Promise<void> {
    for (let done = 0; done < length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, length - done, this.#size + done);
      done += bytesWritten;
    }
    this.#size += length;
  }

  /** False once somebody has deleted the file, which writing to it would never notice. */
  async isLinked(): Promise<boolean> {
    return (await this.#file.stat()).nlink > 0;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
