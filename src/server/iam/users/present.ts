import type { User } from '../../../contract/users/user.ts';
import type { UserRow } from '../../../store/iam/users.ts';
import { formatInstant } from '../../instant.ts';

/** A user as shown. Of somebody who is invited no more than his address: who he is he tells when he accepts. */
export function presentUser(row: UserRow): User {
  const [firstname = '', ...rest] = row.state === 'PENDING' ? [] : row.name.split(' ');
  return {
    id: row.iam_id,
    iam_id: row.iam_id,
    realm: row.realm,
    user_id: row.email,
    firstname,
    lastname: rest.join(' '),
    state: row.state,
    email: row.email,
    // Not kept; published clients decode the fields.
    phonenumber: '',
    altphonenumber: '',
    photo: '',
    account_id: row.account_id,
    added_on: formatInstant(row.added_at),
  };
}
