import { createHmac, type KeyObject } from 'node:crypto';
import { RootwardError } from '../../../contract/errors.ts';

/**
 * A chain is one line of JSON per record: `{"seq":n,"id":…,…,"mac":"…"}`. The MAC covers the previous record's MAC and the exact
 * bytes of this line before its own, so nothing can be changed, left out, put in or moved without the key.
 */
export interface ChainState {
  /** Records so far; the next has seq `count + 1`. */
  readonly count: number;
  /** MAC of the last record; before the first, a value that names the writer. */
  readonly mac: Buffer;
}

const MAC_CHARACTERS = 43;
const MAC_OPENING = ',"mac":"';
const MAC_CLOSING = '"}';
/** Bytes from the end of what a line's MAC covers to the line's end. */
export const MAC_SUFFIX_BYTES = MAC_OPENING.length + MAC_CHARACTERS + MAC_CLOSING.length;

const WRITER = /^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/;

export function chainStart(key: KeyObject, writer: string): ChainState {
  if (!WRITER.test(writer)) throw new RootwardError('INTERNAL', { message: `"${writer}" cannot name an audit writer.` });
  return { count: 0, mac: createHmac('sha256', key).update(`rootward-audit-1 writer ${writer}`).digest() };
}

export function recordMac(key: KeyObject, previous: Buffer, covered: Buffer): Buffer {
  return createHmac('sha256', key).update(previous).update(covered).digest();
}

export function macSuffix(mac: Buffer): string {
  return MAC_OPENING + mac.toString('base64url') + MAC_CLOSING;
}

/** First line of every file: where in the chain the file begins. It is authenticated but no link of the chain. */
export function headerLine(key: KeyObject, writer: string, after: ChainState): string {
  const covered = `{"audit":1,"writer":"${writer}","after":${after.count},"previous":"${after.mac.toString('base64url')}"`;
  return `${covered}${macSuffix(headerMac(key, Buffer.from(covered)))}\n`;
}

/** The chain's state at the head of a file, or undefined if the line is not an authentic header of this writer. */
export function readHeader(key: KeyObject, writer: string, line: Buffer): ChainState | undefined {
  const [, after, previous] =
    /^\{"audit":1,"writer":"[^"]*","after":(\d{1,15}),"previous":"([\w-]{43})"/.exec(line.toString('latin1')) ?? [];
  if (after === undefined || previous === undefined) return undefined;
  const state = { count: Number(after), mac: Buffer.from(previous, 'base64url') };
  return line.equals(Buffer.from(headerLine(key, writer, state).trimEnd())) ? state : undefined;
}

/** A header's MAC must never pass for a record's, whatever the record says. */
function headerMac(key: KeyObject, covered: Buffer): Buffer {
  return createHmac('sha256', key).update('rootward-audit-1 header').update(covered).digest();
}
