import type { Client } from '../../client/client.ts';
import { RootwardError } from '../../contract/errors.ts';
import { listUsers } from '../../contract/users/list.ts';

/** The IAM id of the user who is written by it, or by his e-mail address. Throws IAM_NOT_FOUND, or USAGE for an address of several. */
export async function userByName(client: Client, accountId: string, written: string): Promise<string> {
  if (!written.includes('@')) return written;
  const { resources } = await client.call(listUsers, { params: { account_id: accountId }, query: { user_id: written } });
  const [user, ...more] = resources;
  if (!user) {
    throw new RootwardError('IAM_NOT_FOUND', {
      message: `The account has no user ${written}.`,
      hint: '`rootward account users` lists them.',
    });
  }
  if (more.length === 0) return user.iam_id;
  throw new RootwardError('USAGE', {
    message: `Several users have the address ${written}.`,
    hint: `Give the IAM id of one: ${resources.map(({ iam_id }) => iam_id).join(', ')}`,
  });
}
