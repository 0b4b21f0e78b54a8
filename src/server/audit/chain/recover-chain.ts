import type { KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, unlink } from 'node:fs/promises';
import { RootwardError } from '../../../contract/errors.ts';
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
  /** The oldest file that was read, and those before it, oldest first. */
  readonly firstRead: string | undefined;
  readonly unread: readonly string[];
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
  const begin = Math.max(0, files.findLastIndex((file) => file.first <= promised + 1) - 1);
  const chain = new Recovery(key, writer, promised, begin === 0 ? chainStart(key, writer) : undefined);
  for (const [at, file] of files.slice(begin).entries()) await chain.read(file, begin + at === files.length - 1);
  const { last, state = chainStart(key, writer), ids, tornBytes } = chain;
  if (checkpoint !== undefined && state.count < promised) {
    throw new RootwardError('AUDIT_CHAIN', {
      message: `The audit log of ${writer} ends after record ${state.count}, but record ${promised} had been written by ${checkpoint.at}.`,
    });
  }
  if (checkpoint !== undefined && promised > 0 && chain.macAsPromised !== checkpoint.mac) {
    throw new RootwardError('AUDIT_CHAIN', {
      message: `Record ${promised} of the audit log of ${writer} is not the one that the checkpoint knows.`,
    });
  }
  return { last, state, ids, tornBytes, firstRead: files[begin]?.path, unread: files.slice(0, begin).map(({ path }) => path) };
}

/** The chain read so far. `state` is undefined until the first header says where reading began. */
class Recovery {
  last: RecoveredChain['last'];
  state: ChainState | undefined;
  /** base64url MAC of the record that the checkpoint names, once it was met. */
  macAsPromised: string | undefined;
  tornBytes = 0;
  readonly ids: string[] = [];
  readonly #key: KeyObject;
  readonly #writer: string;
  readonly #promised: number;

  constructor(key: KeyObject, writer: string, promised: number, state: ChainState | undefined) {
    this.#key = key;
    this.#writer = writer;
    this.#promised = promised;
    this.state = state;
  }

  async read(file: ChainFile, isLast: boolean): Promise<void> {
    const bytes = await readFile(file.path);
    const newline = bytes.indexOf(NEWLINE);
    const headerEnd = newline < 0 ? bytes.length : newline;
    const header = readHeader(this.#key, this.#writer, bytes.subarray(0, headerEnd));
    const complete = (this.state?.count ?? 0) >= this.#promised;
    if (header === undefined && isLast && complete && isTorn(bytes.subarray(0, headerEnd), newline < 0)) {
      // The crash came while the file was being made, so nothing in it was ever acknowledged.
      await unlink(file.path);
      this.tornBytes = bytes.length;
      return;
    }
    const follows = this.state === undefined || (header?.count === this.state.count && header.mac.equals(this.state.mac));
    if (header === undefined || header.count !== file.first - 1 || !follows)
      throw broken(file, 1, 'does not follow from the file before it');
    this.#advance(header);
    const size = this.#readRecords(file, bytes, headerEnd + 1, header, isLast);
    this.last = { path: file.path, size };
  }

  /** Returns where the good records end. */
  #readRecords(file: ChainFile, bytes: Buffer, from: number, header: ChainState, isLast: boolean): number {
    let size = from;
    for (const line of walkRecords(this.#key, bytes, from, header)) {
      if (line.fault !== undefined) {
        const torn = isLast && isTorn(bytes.subarray(line.start, line.end), line.fault === 'unterminated');
        if (!torn) throw broken(file, line.line, `does not verify (${line.fault})`);
        this.tornBytes = bytes.length - line.start;
        break;
      }
      this.#advance(line.state);
      size = line.end;
      if (line.id !== undefined) this.ids.push(line.id);
    }
    return size;
  }

  #advance(state: ChainState): void {
    this.state = state;
    if (state.count === this.#promised) this.macAsPromised = state.mac.toString('base64url');
  }
}

/** What a crash leaves: a line without its end, or a hole where blocks had not been written yet. */
function isTorn(line: Buffer, unterminated: boolean): boolean {
  return unterminated || line.includes(0);
}

function broken(file: ChainFile, line: number, what: string): RootwardError {
  return new RootwardError('AUDIT_CHAIN', {
    message: `Line ${line} of ${file.path} ${what}.`,
    hint: 'Run `rootward audit verify`, keep the files as evidence, and restore them from a copy or start a new chain.',
  });
}
