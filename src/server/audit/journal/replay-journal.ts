import type { KeyObject } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { RecoveredChain } from '../chain/recover-chain.ts';
import { walkRecords } from '../chain/walk-chain.ts';
import { readJournal } from './journal.ts';

const NEWLINE = 10;
const OPENING = /^\{"seq":(\d{1,15}),/;
const OPENING_BYTES = 24;

/**
 * Adds to the last chain file the records that are in the journal only: they were acknowledged, and the machine went down before
 * their file was synced. Each has to link to the one before it. True if there were any.
 */
export async function replayJournal(directory: string, writer: string, key: KeyObject, chain: RecoveredChain): Promise<boolean> {
  if (chain.last === undefined) return false;
  const bySeq = new Map<number, Buffer[]>();
  for (const bytes of readJournal(directory, writer)) collectLines(bytes, chain.state.count, bySeq);
  const found: Buffer[] = [];
  let state = chain.state;
  for (;;) {
    const link = (bySeq.get(state.count + 1) ?? []).map((line) => linked(key, line, state)).find((made) => made !== undefined);
    if (!link) break;
    found.push(link.line);
    state = link.state;
  }
  if (found.length === 0) return false;
  const file = await open(chain.last.path, constants.O_WRONLY);
  try {
    await file.truncate(chain.last.size);
    await file.write(Buffer.concat(found), 0, undefined, chain.last.size);
    await file.sync();
  } finally {
    await file.close();
  }
  return true;
}

/** Whole lines that look like records after `count`; whether they are, their MACs say. */
function collectLines(bytes: Buffer, count: number, bySeq: Map<number, Buffer[]>): void {
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    if (newline < 0) return;
    // A line that was written over the middle of an older one begins behind the zeros or the remains before it.
    const [, digits] = OPENING.exec(bytes.toString('latin1', start, start + OPENING_BYTES)) ?? [];
    const seq = Number(digits ?? 0);
    if (seq > count) bySeq.set(seq, [...(bySeq.get(seq) ?? []), bytes.subarray(start, newline + 1)]);
    start = newline + 1;
  }
}

function linked(key: KeyObject, line: Buffer, before: RecoveredChain['state']) {
  const [walked] = walkRecords(key, line, 0, before);
  return walked?.fault === undefined && walked ? { line, state: walked.state } : undefined;
}
