import { type Client, createClient } from '../../client/client.ts';
import { RootwardError } from '../../contract/errors.ts';
import { listGroups } from '../../contract/groups/list.ts';
import type { Io } from '../io.ts';
import { keptTokens } from './exchange.ts';
import type { KeptLogin } from './kept-login.ts';
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
  /** The login that is used, unless it is an API key. */
  readonly kept?: KeptLogin | undefined;
  /** The account that one is logged in to, and its resource group that is chosen, or its default one. */
  account(): Promise<Account>;
}

/** Nothing is sent before the first call. Throws NOT_LOGGED_IN. */
export function openSession(flags: LoginFlags, io: Pick<Io, 'env' | 'cwd' | 'now'>): Session {
  const { url, apiKey, kept, dataDir } = findLogin(flags, io);
  const client = createClient({ url, now: io.now, ...(apiKey === undefined ? { tokens: keptTokens(url, io) } : { apiKey }) });
  return { client, url, dataDir, kept, account: () => readAccount(client, kept) };
}

/** The connection of a login, whatever else commands would take here. */
export function sessionOf(kept: KeptLogin, io: Pick<Io, 'env' | 'now'>): Session {
  const client = createClient({ url: kept.url, now: io.now, tokens: keptTokens(kept.url, io) });
  return { client, url: kept.url, dataDir: undefined, kept, account: () => readAccount(client, kept) };
}

export async function readAccount(client: Client, kept?: KeptLogin): Promise<Account> {
  if (kept?.resourceGroupId !== undefined) return { id: kept.accountId, resourceGroupId: kept.resourceGroupId };
  const { resources } = await client.call(listGroups, { query: { default: true } });
  const group = resources[0];
  if (!group) throw new RootwardError('RESOURCE_NOT_FOUND', { message: 'The account has no default resource group.' });
  return { id: group.account_id, resourceGroupId: group.id };
}
