import type { KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, unlink } from 'node:fs/promises';
import { RootwardError } from '../../contract/errors.ts';
import { type ChainState, chainStart, readHeader } from './chain.ts';
import { type ChainFile, listChainFiles } from './chain-files.ts';
import type { Checkpoint } from './checkpoint.ts';
import { walkRecords } from './walk-chain.ts';

/** Where a writer goes on after a stop or a crash. */
export interface RecoveredChain {
  /** The last file and how many of its bytes are good; undefined if there is none yet. */
  readonly last: { readonly path: string; readonly size: number } | undefined;
  readonly state: ChainState;
  /** Ids of the records in the files that were read: at least all since the checkpoint. */
  readonly ids: readonly string[];
  /** Length of what a crash left half written after the last good record. */
  readonly tornBytes: number;
}

const NEWLINE = 10;

/**
 * Reads the chain from the file before the checkpoint to its end. A line that a crash left unfinished at the very end is no fault,
 * as long as the checkpoint does not say that it had been finished. Throws AUDIT_CHAIN for anything else that does not verify.
 */
export async function recoverChain(
  directory: string,
  writer: string,
  key: KeyObject,
  checkpoint: Checkpoint | undefined,
): Promise<RecoveredChain> {
  const files = existsSync(directory) ? (listChainFiles(directory).get(writer) ?? []) : [];
  const promised = checkpoint?.count ?? 0;
  const ids: string[] = [];
  let state = chainStart(key, writer);
  let last: RecoveredChain['last'];
  let tornBytes = 0;
  let macAtCheckpoint = promised === 0 ? checkpoint?.mac : undefined;

  const begin = Math.max(0, files.findLastIndex((file) => file.first <= promised + 1) - 1);
  for (const [at, file] of files.slice(begin).entries()) {
    const isLast = begin + at === files.length - 1;
    const bytes = await readFile(file.path);
    const newline = bytes.indexOf(NEWLINE);
    const header = newline < 0 ? undefined : readHeader(key, writer, bytes.subarray(0, newline));
    if (header === undefined && isLast && isTorn(bytes.subarray(0, newline < 0 ? bytes.length : newline), newline < 0)) {
      // The crash came while the file was being made, so nothing in it was ever acknowledged.
      await unlink(file.path);
      tornBytes = bytes.length;
      continue;
    }
    const isFirst = at === 0 && begin > 0;
    if (header === undefined || header.count !== file.first - 1 || !(isFirst || sameState(header, state)))
      throw broken(file, 1, 'does not follow from the file before it');
    state = header;
    if (state.count === promised) macAtCheckpoint = state.mac.toString('base64url');
    let size = newline + 1;
    for (const line of walkRecords(key, bytes, newline + 1, header)) {
      if (line.fault !== undefined) {
        const torn =
          isLast && state.count >= promised && isTorn(bytes.subarray(line.start, line.end), line.fault === 'unterminated');
        if (!torn) throw broken(file, line.line, `does not verify (${line.fault})`);
        tornBytes = bytes.length - line.start;
        break;
      }
      state = line.state;
      size = line.end;
      if (line.id !== undefined) ids.push(line.id);
      if (state.count === promised) macAtCheckpoint = state.mac.toString('base64url');
    }
    last = { path: file.path, size };
  }
  if (checkpoint !== undefined && state.count < promised) {
    throw new RootwardError('AUDIT_CHAIN', {
      message: `The audit log of ${writer} ends after record ${state.count}, but record ${promised} had been written by ${checkpoint.at}.`,
    });
  }
  if (checkpoint !== undefined && promised > 0 && macAtCheckpoint !== checkpoint.mac) {
    throw new RootwardError('AUDIT_CHAIN', {
      message: `Record ${promised} of the audit log of ${writer} is not the one that the checkpoint knows.`,
    });
  }
  return { last, state, ids, tornBytes };
}

/** What a crash leaves: a line without its end, or a hole where blocks had not been written yet. */
function isTorn(line: Buffer, unterminated: boolean): boolean {
  return unterminated || line.includes(0);
}

function sameState(a: ChainState, b: ChainState): boolean {
  return a.count === b.count && a.mac.equals(b.mac);
}

function broken(file: ChainFile, line: number, what: string): RootwardError {
  return new RootwardError('AUDIT_CHAIN', {
    message: `Line ${line} of ${file.path} ${what}.`,
    hint: 'Run `rootward audit verify`, keep the files as evidence, and restore them from a copy or start a new chain.',
  });
}
