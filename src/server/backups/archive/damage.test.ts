import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FUZZ_RUNS } from '../../../contract/testkit/fuzz-runs.ts';
import { CHUNK_BYTES, CHUNK_TAG_BYTES } from '../../../crypto/backup-archive.ts';
import { Barrier } from '../../../crypto/barrier.ts';
import { SecretBytes } from '../../../crypto/secret-bytes.ts';
import { backUp, busyScene, place } from '../testkit/scenes.ts';
import { openArchive } from './archive-reader.ts';
import { examineArchive } from './examine-archive.ts';

const SEALED = CHUNK_BYTES + CHUNK_TAG_BYTES;
/** Each is a file that is written and read to its end. */
const RUNS = Math.ceil(FUZZ_RUNS / 50);

const at = place();
let barrier: Barrier;
let archive: Buffer;
let other: Buffer;
/** Where the chunks begin. */
let begin: number;

beforeAll(async () => {
  await using scene = await busyScene('sqlite');
  await backUp(scene.server, at.file('whole'));
  await backUp(scene.server, at.file('other'));
  barrier = scene.server.barrier;
  archive = readFileSync(at.file('whole'));
  other = readFileSync(at.file('other'));
  await using reader = await openArchive(at.file('whole'));
  begin = reader.read.end;
});
afterAll(() => at[Symbol.dispose]());

/** The reason for which the bytes are refused; undefined: they are not. */
async function refusal(bytes: Uint8Array): Promise<{ code: string; message: string } | undefined> {
  const file = join(at.path, 'changed');
  writeFileSync(file, bytes);
  try {
    await using reader = await openArchive(file);
    await examineArchive(reader, barrier);
    return undefined;
  } catch (error) {
    return error as { code: string; message: string };
  }
}

function chunks(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let from = begin; from < bytes.length; from += SEALED) found.push(bytes.subarray(from, from + SEALED));
  return found;
}

const damaged = (reason: RegExp) => expect.objectContaining({ code: 'BACKUP_DAMAGED', message: expect.stringMatching(reason) });

describe('an archive', () => {
  it('of several chunks verifies as it was made, and not under another barrier key', async () => {
    expect(chunks(archive).length).toBeGreaterThan(3);
    expect(await refusal(archive)).toBeUndefined();
    const own = barrier;
    barrier = new Barrier(SecretBytes.random(32));
    expect(await refusal(archive)).toEqual(damaged(/header does not authenticate/));
    barrier = own;
  });

  it('is refused, with the place, after any single bit has changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: archive.length - 1 }), fc.nat({ max: 7 }), async (byte, bit) => {
        const changed = Buffer.from(archive);
        changed.writeUInt8(changed.readUInt8(byte) ^ (1 << bit), byte);
        const chunk = Math.floor((byte - begin) / SEALED) + 1;
        const reason = byte < begin ? /header|not a backup archive/ : new RegExp(`^Chunk ${chunk} does not authenticate`);
        // A changed format number may say that the archive is newer than the program; everything else is damage.
        const found = await refusal(changed);
        expect(found).toEqual(found?.code === 'NOT_SUPPORTED' ? expect.anything() : damaged(reason));
      }),
      { numRuns: RUNS },
    );
  });

  it('is refused after any bit of its header has changed', async () => {
    for (let byte = 0; byte < begin; byte += 1) {
      const changed = Buffer.from(archive);
      changed.writeUInt8(changed.readUInt8(byte) ^ (1 << (byte % 8)), byte);
      expect(await refusal(changed), `byte ${byte}`).toMatchObject({
        code: expect.stringMatching(/BACKUP_DAMAGED|NOT_SUPPORTED/),
      });
    }
  });

  it('is refused wherever it was cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: archive.length - 1 }), async (length) => {
        expect(await refusal(archive.subarray(0, length))).toEqual(damaged(/cut|ends|not a backup archive/));
      }),
      { numRuns: RUNS },
    );
    for (const [index] of chunks(archive).entries()) {
      const cut = archive.subarray(0, begin + index * SEALED);
      const reason = index === 0 ? /ends after its header/ : new RegExp(`ends after chunk ${index}, which is not the last one`);
      expect(await refusal(cut)).toEqual(damaged(reason));
    }
  });

  it('is refused after anything was added to it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 2 * SEALED }), async (more) => {
        expect(await refusal(Buffer.concat([archive, more]))).toEqual(damaged(/does not authenticate|was added/));
      }),
      { numRuns: 50 },
    );
  });

  it('is refused after chunks were moved, repeated, left out, or taken from another archive of the same store', async () => {
    const own = chunks(archive);
    const foreign = chunks(other);
    const choice = fc.array(fc.nat({ max: own.length - 1 }), { maxLength: own.length + 2 });
    await fc.assert(
      fc.asyncProperty(choice, async (order) => {
        fc.pre(!(order.length === own.length && order.every((index, place) => index === place)));
        const changed = Buffer.concat([archive.subarray(0, begin), ...order.map((index) => own[index] ?? Buffer.alloc(0))]);
        expect(await refusal(changed)).toEqual(damaged(/Chunk|ends/));
      }),
      { numRuns: RUNS },
    );
    for (const [index] of own.entries()) {
      const swapped = own.map((chunk, place) => (place === index ? (foreign[index] ?? chunk) : chunk));
      const changed = Buffer.concat([archive.subarray(0, begin), ...swapped]);
      expect(await refusal(changed)).toEqual(damaged(new RegExp(`^Chunk ${index + 1} does not authenticate`)));
    }
    expect(await refusal(Buffer.concat([other.subarray(0, begin), archive.subarray(begin)]))).toEqual(damaged(/Chunk 1 /));
  });

  it('of anything at all is a clear refusal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), fc.boolean(), async (bytes, withMagic) => {
        const file = withMagic ? Buffer.concat([Buffer.from('rootward-backup-1\n'), bytes]) : bytes;
        expect(await refusal(file)).toMatchObject({ code: 'BACKUP_DAMAGED' });
      }),
      { numRuns: RUNS },
    );
  });
});
