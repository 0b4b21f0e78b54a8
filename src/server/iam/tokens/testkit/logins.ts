import { randomBytes } from 'node:crypto';
import { createToken } from '../../../../contract/tokens/create.ts';
import type { TokenReply, TokenRequest } from '../../../../contract/tokens/grant.ts';
import { insertPerson } from '../../../../store/iam/people.ts';
import { insertProfile, putProfileIdentity } from '../../../../store/iam/trusted-profiles.ts';
import { insertUser } from '../../../../store/iam/users.ts';
import type { TestServer } from '../../../testkit/test-server.ts';
import { hashPassword } from '../../people/password-hash.ts';

export const BX = 'Basic Yng6Yng=';
export const KUBE = `Basic ${Buffer.from('kube:kube').toString('base64')}`;
export const PASSWORD = 'correct horse battery';

export interface Whence {
  readonly client?: string;
  readonly address?: string;
}

/** Sends a token request, by default as a client that does not say who it is. */
export async function ask(server: TestServer, body: TokenRequest, { client, address }: Whence = {}): Promise<TokenReply> {
  const headers = client === undefined ? {} : { authorization: client };
  const { output } = await server.call(createToken, undefined, { headers, body }, address === undefined ? {} : { address });
  return output;
}

/** The code of the error that a call ends with, or `answered`. */
export async function codeOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
    return 'answered';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

let hashed: Promise<string> | undefined;

/** A user of an account, by default the server's first, who logs in as `<name>@example.com` with `PASSWORD`; the IAM id. */
export async function addUser(server: TestServer, name: string, accounts = [server.account.accountId]): Promise<string> {
  // Everybody's is the same, because making one takes its time.
  hashed ??= hashPassword(PASSWORD, randomBytes);
  const password_hash = await hashed;
  const iam_id = `IBMid-${name}`;
  const now = server.clock.now();
  await server.store.change(['iam'], async (tx) => {
    const known = { realm: 'IBMid', subject: iam_id, email: `${name}@example.com`, name: `${name} Doe` };
    await insertPerson(tx, { ...known, iam_id, password_hash, password_set_at: now, created_at: now });
    for (const [index, account_id] of accounts.entries()) {
      await insertUser(tx, { account_id, iam_id, state: 'ACTIVE', added_at: now + index, added_by: iam_id });
    }
  });
  return iam_id;
}

/** A trusted profile of the server's first account, linked to these identities; its id. */
export async function addProfile(server: TestServer, name: string, identities: readonly string[]): Promise<string> {
  const id = `Profile-${server.iam.newId()}`;
  const { accountId: account_id, ownerIamId: created_by } = server.account;
  const created_at = server.clock.now();
  const made = { account_id, created_at, created_by };
  await server.store.change(['iam'], async (tx) => {
    const row = { ...made, id, iam_id: `iam-${id}`, name, description: null, entity_tag: '1', modified_at: created_at };
    await insertProfile(tx, row);
    for (const identifier of identities) {
      const type = identifier.startsWith('iam-') ? 'serviceid' : identifier.startsWith('crn:') ? 'crn' : 'user';
      await putProfileIdentity(tx, { ...made, profile_id: id, type, identifier, description: null });
    }
  });
  return id;
}

/** Makes a service ID the one of these instances. */
export async function setInstances(server: TestServer, serviceId: string, crns: readonly string[]): Promise<void> {
  await server.store.change(['iam'], (tx) =>
    tx
      .updateTable('service_ids')
      .set({ unique_instance_crns: JSON.stringify(crns) })
      .where('id', '=', serviceId)
      .execute(),
  );
}
