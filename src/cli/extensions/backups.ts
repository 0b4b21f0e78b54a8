import type { Extension } from '../call.ts';
import { VIEWS } from '../output/views.ts';

/** The list, and on stderr what is wrong with it. */
export const LIST_BACKUPS: Extension = {
  async after({ io, quiet }, answer) {
    const { warning } = answer as { readonly warning?: string };
    if (warning !== undefined && !quiet) io.err(`warning: ${warning}\n`);
    return { answer, view: VIEWS['backups.list'] };
  },
};
