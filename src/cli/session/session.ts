import { type Client, createClient } from '../../client/client.ts';
import { RootwardError } from '../../contract/errors.ts';
import { listGroups } from '../../contract/groups/list.ts';
import type { Io } from '../io.ts';
import { findLogin, type LoginFlags } from './login.ts';

export interface Account {
  readonly id: string;
  readonly resourceGroupId: string;
}

/** A command's connection to a server. */
export interface Session {
  readonly client: Client;
  readonly url: string;
  readonly dataDir: string | undefined;
  /** The account of the API key and its default resource group. */
  account(): Promise<Account>;
}

/** Nothing is sent before the first call. Throws NOT_LOGGED_IN. */
export function openSession(flags: LoginFlags, io: Pick<Io, 'env' | 'cwd' | 'now'>): Session {
  const { url, apiKey, dataDir } = findLogin(flags, io);
  const client = createClient({ url, apiKey, now: io.now });
  return { client, url, dataDir, account: () => readAccount(client) };
}

export async function readAccount(client: Client): Promise<Account> {
  const { resources } = await client.call(listGroups, { query: { default: true } });
  const group = resources[0];
  if (!group) throw new RootwardError('RESOURCE_NOT_FOUND', { message: 'The account has no default resource group.' });
  return { id: group.account_id, resourceGroupId: group.id };
}
