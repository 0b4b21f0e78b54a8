import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { NotFromHere } from './finder.ts';

const BLOCK = 512;

/**
 * Copies one regular file out of a gzipped tar archive (ustar headers: name at 0, size in octal at 124, prefix at 345). Paths of the
 * archive are compared and never used, so an archive cannot write anywhere. Throws NotFromHere if the file is missing or cut short.
 */
export async function extractMember(archive: string, member: string, target: string): Promise<void> {
  let found = false;
  await pipeline(
    createReadStream(archive),
    createGunzip(),
    async function* (chunks: AsyncIterable<Buffer>) {
      let pending = Buffer.alloc(0);
      let wanted = 0;
      let skip = 0;
      for await (const chunk of chunks) {
        pending = Buffer.concat([pending, chunk]);
        for (;;) {
          if (wanted > 0) {
            if (pending.length === 0) break;
            const part = pending.subarray(0, wanted);
            yield part;
            wanted -= part.length;
            pending = pending.subarray(part.length);
            continue;
          }
          if (skip > 0) {
            const part = Math.min(skip, pending.length);
            skip -= part;
            pending = pending.subarray(part);
            if (skip > 0) break;
          }
          if (pending.length < BLOCK) break;
          const header = pending.subarray(0, BLOCK);
          pending = pending.subarray(BLOCK);
          const size = sizeIn(header);
          const padding = (BLOCK - (size % BLOCK)) % BLOCK;
          const isMember = !found && nameIn(header) === member;
          found ||= isMember;
          wanted = isMember ? size : 0;
          skip = isMember ? padding : size + padding;
        }
      }
      if (wanted > 0) throw new NotFromHere(`the archive ends in the middle of ${member}`);
    },
    createWriteStream(target, { mode: 0o700 }),
  );
  if (!found) throw new NotFromHere(`the archive contains no ${member}`);
}

function nameIn(header: Buffer): string {
  const name = textAt(header, 0, 100);
  const prefix = textAt(header, 345, 155);
  return prefix === '' ? name : `${prefix}/${name}`;
}

function sizeIn(header: Buffer): number {
  const digits = textAt(header, 124, 12).trim();
  if (digits === '') return 0;
  if (!/^[0-7]+$/.test(digits)) throw new NotFromHere('the archive is damaged');
  return Number.parseInt(digits, 8);
}

function textAt(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end === -1 ? length : end);
}
