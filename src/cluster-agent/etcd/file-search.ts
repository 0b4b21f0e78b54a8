/**
 * Searches files for byte strings without holding them in memory: one reused chunk, and what lies across a chunk border is
 * found too. It reports counts and positions by needle name only, never bytes.
 */
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface Needle {
  /** What a report calls it; it must not tell the bytes. */
  readonly name: string;
  readonly bytes: Buffer;
}

export interface FileSearch {
  readonly files: number;
  readonly bytes: number;
  /** All matches of all needles. */
  readonly matches: number;
  readonly byNeedle: Readonly<Record<string, number>>;
  /** Files with at least one match, relative to the directory that was searched. */
  readonly matchedFiles: readonly string[];
}

const CHUNK_BYTES = 4 * 1024 * 1024;
const MAX_PASSES = 5;

/**
 * Searches every regular file below the directories. A file that disappears meanwhile is left out, and files that
 * appeared are searched as well (a rename gives a file a new name).
 */
export async function searchFiles(
  directories: readonly string[],
  needles: readonly Needle[],
  signal?: AbortSignal,
  chunkBytes = CHUNK_BYTES,
): Promise<FileSearch> {
  const chunk = Buffer.allocUnsafe(chunkBytes + longest(needles));
  const byNeedle: Record<string, number> = {};
  const matchedFiles = new Set<string>();
  const seen = new Set<string>();
  let bytes = 0;
  for (let pass = 0; pass < MAX_PASSES; pass += 1) {
    const fresh = (await listFiles(directories)).filter((file) => !seen.has(file));
    if (fresh.length === 0) break;
    for (const file of fresh) {
      signal?.throwIfAborted();
      const found = await searchFile(file, needles, chunk, chunkBytes);
      if (found === undefined) continue;
      seen.add(file);
      bytes += found.bytes;
      for (const [name, count] of Object.entries(found.byNeedle)) {
        byNeedle[name] = (byNeedle[name] ?? 0) + count;
        matchedFiles.add(file);
      }
    }
  }
  const matches = Object.values(byNeedle).reduce((sum, count) => sum + count, 0);
  return { files: seen.size, bytes, matches, byNeedle, matchedFiles: [...matchedFiles].sort() };
}

async function searchFile(
  file: string,
  needles: readonly Needle[],
  chunk: Buffer,
  chunkBytes: number,
): Promise<{ readonly bytes: number; readonly byNeedle: Record<string, number> } | undefined> {
  const overlap = longest(needles) - 1;
  const byNeedle: Record<string, number> = {};
  const handle = await open(file, 'r').catch(undefinedIfGone);
  if (handle === undefined) return undefined;
  try {
    let carried = 0;
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await handle.read(chunk, carried, chunkBytes, null);
      if (bytesRead === 0) return { bytes, byNeedle };
      bytes += bytesRead;
      const window = chunk.subarray(0, carried + bytesRead);
      for (const needle of needles) {
        const count = countEndingAfter(window, needle.bytes, carried);
        if (count > 0) byNeedle[needle.name] = (byNeedle[needle.name] ?? 0) + count;
      }
      carried = Math.min(overlap, window.length);
      chunk.copy(chunk, 0, window.length - carried, window.length);
    }
  } finally {
    await handle.close();
  }
}

/** Matches with at least one byte behind `border`: those before it were counted with the chunk before. */
function countEndingAfter(window: Buffer, needle: Buffer, border: number): number {
  let count = 0;
  let at = window.indexOf(needle, Math.max(0, border - needle.length + 1));
  while (at !== -1) {
    count += 1;
    at = window.indexOf(needle, at + 1);
  }
  return count;
}

async function listFiles(directories: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const directory of directories) {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    for (const entry of entries) if (entry.isFile()) files.push(join(entry.parentPath, entry.name));
  }
  return files;
}

function undefinedIfGone(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}

function longest(needles: readonly Needle[]): number {
  return needles.reduce((most, needle) => Math.max(most, needle.bytes.length), 1);
}
