import type { KeyObject } from 'node:crypto';
import { type ChainState, MAC_SUFFIX_BYTES, macSuffix, recordMac } from './chain.ts';

/** Why a line is not the next link: `form` not a record, `gap` records before it are missing, `order` it came before, `edit` its MAC is wrong. */
export type LineFault = 'unterminated' | 'form' | 'gap' | 'order' | 'edit';

export interface WalkedLine {
  /** 1-based; line 1 of a file is its header. */
  readonly line: number;
  /** Byte offsets in the file: first byte, and the byte after the newline. */
  readonly start: number;
  readonly end: number;
  readonly seq: number | undefined;
  readonly id: string | undefined;
  readonly fault: LineFault | undefined;
  /** The chain after this line. After a fault it goes on from what the line claims, so that one change is reported once. */
  readonly state: ChainState;
}

const NEWLINE = 10;
const OPENING = /^\{"seq":(\d{1,15}),"id":"([^"\\]*)"/;
const OPENING_BYTES = 200;

/** Walks the records of one file, from the byte after its header. */
export function* walkRecords(key: KeyObject, bytes: Buffer, from: number, begin: ChainState): Generator<WalkedLine> {
  let state = begin;
  let line = 1;
  for (let start = from; start < bytes.length; ) {
    line += 1;
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    const text = bytes.subarray(start, newline < 0 ? end : newline);
    const [, digits, id] = OPENING.exec(text.toString('latin1', 0, OPENING_BYTES)) ?? [];
    const seq = digits === undefined ? undefined : Number(digits);
    const fault = newline < 0 ? 'unterminated' : faultOf(key, text, seq, state);
    if (seq !== undefined && fault !== 'unterminated' && fault !== 'order') state = claimed(text, seq);
    yield { line, start, end, seq, id, fault, state };
    start = end;
  }
}

function faultOf(key: KeyObject, text: Buffer, seq: number | undefined, state: ChainState): LineFault | undefined {
  if (seq === undefined || text.length <= MAC_SUFFIX_BYTES) return 'form';
  if (seq > state.count + 1) return 'gap';
  if (seq <= state.count) return 'order';
  const covered = text.subarray(0, -MAC_SUFFIX_BYTES);
  const suffix = macSuffix(recordMac(key, state.mac, covered));
  return text.toString('latin1', covered.length) === suffix ? undefined : 'edit';
}

function claimed(text: Buffer, count: number): ChainState {
  return { count, mac: Buffer.from(text.toString('latin1', text.length - 45, text.length - 2), 'base64url') };
}
