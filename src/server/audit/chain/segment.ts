import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RootwardError } from '../../../contract/errors.ts';
import { syncDirectory } from '../journal/sync-directory.ts';

/** The file that a writer appends to. What was appended is durable after `sync`, or by being in the journal too. */
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
    const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, 0o600);
    const segment = new Segment(path, file, 0);
    try {
      await segment.append(Buffer.from(header), Buffer.byteLength(header));
      await segment.sync();
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
    const file = await open(path, constants.O_WRONLY);
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

  /** Resolves once the bytes can be read from the file. After a rejection the segment must be closed and reopened. */
  async append(bytes: Buffer, length: number): Promise<void> {
    for (let done = 0; done < length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, length - done, this.#size + done);
      done += bytesWritten;
    }
    this.#size += length;
  }

  /** Resolves once everything that was appended before is on the disk. After a rejection nobody knows what is. */
  async sync(): Promise<void> {
    await this.#file.datasync();
  }

  /** False once somebody has deleted the file, which writing to it would never notice. */
  async isLinked(): Promise<boolean> {
    return (await this.#file.stat()).nlink > 0;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
