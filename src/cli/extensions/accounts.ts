import type { Extension } from '../call.ts';
import { putAt } from '../place.ts';

/** The API wants the account in the address; there is only the one that one is logged in to. */
export const IN_OWN_ACCOUNT: Extension = {
  async before({ input, session }) {
    putAt(input, ['params', 'account_id'], (await session.account()).id);
  },
};
