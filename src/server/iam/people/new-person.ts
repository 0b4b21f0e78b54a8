import { findLocalPersonByEmail, insertPerson, LOCAL_REALM, type PersonRow } from '../../../store/iam/people.ts';
import type { Tx } from '../../../store/store.ts';
import type { IdSource } from '../iam-deps.ts';

const ID_LENGTH = 10;
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Who is known by an e-mail address (in its stored form); somebody new gets an id, and a name and a password once he accepts. */
export async function findOrAddPerson(tx: Tx, deps: IdSource, email: string, now: number): Promise<PersonRow> {
  const known = await findLocalPersonByEmail(tx, email);
  if (known) return known;
  const iamId = newUserId(deps);
  const row: PersonRow = {
    iam_id: iamId,
    realm: LOCAL_REALM,
    subject: iamId,
    email,
    name: '',
    password_hash: null,
    password_set_at: null,
    created_at: now,
  };
  await insertPerson(tx, row);
  return row;
}

/** `IBMid-` and ten characters, as clients know the ids of people. */
export function newUserId(deps: Pick<IdSource, 'randomBytes'>): string {
  const characters = Array.from(deps.randomBytes(ID_LENGTH), (byte) => CROCKFORD[byte % CROCKFORD.length]);
  return `${LOCAL_REALM}-${characters.join('')}`;
}
