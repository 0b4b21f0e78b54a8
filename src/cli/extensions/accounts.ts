import { RootwardError } from '../../contract/errors.ts';
import type { Extension } from '../call.ts';
import { putAt } from '../place.ts';

/** The API wants the account in the address; there is only the one that one is logged in to. */
export const IN_OWN_ACCOUNT: Extension = {
  async before({ input, session }) {
    putAt(input, ['params', 'account_id'], (await session.account()).id);
  },
};

/** An account has an owner from the start; the API names its fields, and here they are flags. */
export const CREATE_ACCOUNT: Extension = {
  before({ flags }) {
    if ((flags.owner === undefined) !== (flags.ownerIamId === undefined)) return;
    throw new RootwardError('USAGE', {
      message: 'Say who is to own the account.',
      hint: 'Give either --owner EMAIL, whoever accepts its invitation, or --owner-iam-id ID, a person who is known here.',
    });
  },
};
