import { RootwardError } from '../../contract/errors.ts';
import type { Barrier } from '../../crypto/barrier.ts';
import { openRow, type RowContext, sealRow } from '../../crypto/row.ts';

const SHAPE = /^[A-Za-z0-9_-]{32,16384}$/;
const CONTEXT: RowContext = { account: '', instance: '', key: '', version: '', purpose: 'secret' };

/** A text that a client keeps for any replica and can neither read nor change. `label` names what it is for: another is another key. */
export function sealText(barrier: Barrier, label: string, text: string): string {
  return sealRow(barrier.deriveKey(label), CONTEXT, Buffer.from(text, 'utf8')).toString('base64url');
}

/** Undefined for everything that was not sealed here for this, whatever is wrong with it. */
export function openText(barrier: Barrier, label: string, sealed: string): string | undefined {
  if (!SHAPE.test(sealed)) return undefined;
  try {
    using opened = openRow(barrier.deriveKey(label), CONTEXT, Buffer.from(sealed, 'base64url'));
    return opened.use((bytes) => Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    // What anybody may send is no stored row that was damaged.
    if (error instanceof RootwardError && error.code === 'ROW_INTEGRITY') return undefined;
    throw error;
  }
}
