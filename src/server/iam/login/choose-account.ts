import { RootwardError } from '../../../contract/errors.ts';
import { type AccountOfPerson, accountsOfPerson } from '../../../store/iam/federated-people.ts';
import type { PersonRow } from '../../../store/iam/people.ts';
import type { Tx } from '../../../store/store.ts';

export interface ChosenAccount {
  readonly account: AccountOfPerson;
  /** Every account that the person is an active user of. */
  readonly all: readonly AccountOfPerson[];
}

/** The account that was asked for, or the one where the person has been the longest. Throws LOGIN_NOT_ADMITTED. */
export async function chooseAccount(tx: Tx, person: PersonRow, wanted: string | undefined): Promise<ChosenAccount> {
  const accounts = await accountsOfPerson(tx, person.iam_id);
  const all = accounts.filter(({ state }) => state === 'ACTIVE');
  const account = wanted === undefined ? all[0] : all.find(({ id }) => id === wanted);
  if (account) return { account, all };
  const asked = wanted === undefined ? accounts : accounts.filter(({ id }) => id === wanted);
  const isDisabled = asked.some(({ state }) => state === 'DISABLED');
  const who = person.email === '' ? person.name : person.email;
  const where = wanted === undefined ? 'of any account here' : 'of the account that was asked for';
  throw new RootwardError('LOGIN_NOT_ADMITTED', {
    message: isDisabled ? `The user ${who} is disabled.` : `${who} is no active user ${where}.`,
  });
}
