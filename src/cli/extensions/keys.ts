import { RootwardError } from '../../contract/errors.ts';
import { KEY_CRN_LIST } from '../../contract/views/key-columns.ts';
import type { Extension } from '../call.ts';
import { confirm, FORCE_FLAG } from '../confirm.ts';
import { show } from '../output/view.ts';
import { VIEWS } from '../output/views.ts';

/** What the other command line calls the two kinds of keys → what the API asks by. */
const KINDS: Readonly<Record<string, boolean>> = { root: false, standard: true };

export const LIST_VERSIONS: Extension = {
  async after({ flags, io }, answer) {
    const { totalCount } = (answer as { readonly metadata: { readonly totalCount?: number } }).metadata;
    // The number is no resource, so it is talk.
    if (flags.totalCount && totalCount !== undefined) io.err(`${totalCount} versions.\n`);
    return { answer, view: VIEWS['keys.versions'] };
  },
};

/** Scripts of the other command line read these two names; those of the API are there, too. */
export const UNWRAP: Extension = {
  async after({ format }, answer) {
    const view = VIEWS['keys.unwrap'];
    if (format === 'table') return { answer, view };
    const { plaintext, ciphertext } = answer as { readonly plaintext: string; readonly ciphertext?: string };
    const names = { Plaintext: plaintext, ...(ciphertext !== undefined && { 'Rewrapped Plaintext': ciphertext }) };
    return { answer: { ...(answer as object), ...names }, view };
  },
};

/**
 * Who may purge need not be able to read the key's name, so the id has to do. Only people are asked: scripts of the other command line
 * have no flag for it, and the key has been deleted for hours by then.
 */
export const PURGE: Extension = {
  flags: FORCE_FLAG,
  before({ flags, input, io }) {
    const { id } = input.params as { readonly id: string };
    if (!io.canAsk) return;
    const would = `Key ${id} would be destroyed for good. What it wrapped can never be unwrapped again.`;
    return confirm(io, flags.force, would);
  },
  done: 'The key is destroyed for good.',
};

export const LIST_KEYS: Extension = {
  flags: { '-t, --key-type <type>': 'root or standard', '-c, --crn': 'show the CRN of each key' },
  before({ flags, input }) {
    if (flags.keyType === undefined) return;
    const extractable = KINDS[String(flags.keyType)];
    if (extractable === undefined) throw new RootwardError('USAGE', { message: '--key-type must be root or standard.' });
    input.query = { ...(input.query as object | undefined), extractable };
  },
  async after({ flags }, answer) {
    return {
      answer,
      view: flags.crn ? show.list(KEY_CRN_LIST, 'There are no keys in this instance.', 'resources') : VIEWS['keys.list'],
    };
  },
};
