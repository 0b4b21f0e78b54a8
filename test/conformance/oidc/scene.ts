import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { inviteUsers } from '../../../src/contract/users/invite.ts';
import type { LoginProviderConfig } from '../../../src/server/config/login-config.ts';
import { createHttp } from '../../../src/server/http.ts';
import { createLog } from '../../../src/server/log.ts';
import { serveLoginPages } from '../../../src/server/login-pages/serve-login-pages.ts';
import { startTestServer, type TestServer } from '../../../src/server/testkit/test-server.ts';
import { LOCAL_REALM, type PersonRow } from '../../../src/store/iam/people.ts';
import type { Visited } from './browser.ts';

/** The server's own parts behind a socket, so that a browser can open them. */
export interface Scene extends AsyncDisposable {
  readonly server: TestServer;
  readonly url: string;
}

export const CLIENT = { clientId: 'rootward', clientSecret: 'what the provider knows us by' } as const;
export const PROVIDER = { scopes: 'openid email profile', invitations: true, trustEmail: false, ...CLIENT } as const;

/** A provider has to know where it sends people back to, and the server where its provider is: so the port comes first. */
export async function openScene(providersAt: (url: string) => Promise<LoginProviderConfig[]>): Promise<Scene> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startTestServer({ login: { publicUrl: url, timeoutSeconds: 1, providers: await providersAt(url) } });
  const facing = {
    pipeline: server.pipeline,
    serverId: 'test',
    newId: server.iam.newId,
    log: createLog({ level: 'fatal' }),
  };
  const http = createHttp(facing);
  serveLoginPages(http, { ...facing, isSecure: () => false });
  await http.listen({ host: '127.0.0.1', port });
  return {
    server,
    url,
    async [Symbol.asyncDispose]() {
      await http.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => {
    probe.listen(0, '127.0.0.1', resolve);
  });
  const { port } = probe.address() as AddressInfo;
  await new Promise<void>((resolve) => {
    probe.close(() => resolve());
  });
  return port;
}

/** Invites an address into an account, by default the server's first; the id of who was invited. */
export async function invite(
  server: TestServer,
  email: string,
  account?: { readonly accountId: string; readonly token: string },
): Promise<string> {
  const { accountId, token } = account ?? { ...server.account, token: await server.logIn(server.ownerApiKey) };
  const { output } = await server.call(inviteUsers, token, { params: { account_id: accountId }, body: { users: [{ email }] } });
  return output.resources[0]?.id ?? '';
}

/** Not in the store yet. */
export function localPerson(server: TestServer, email: string, passwordHash: string | null = null): PersonRow {
  const iam_id = `IBMid-${server.iam.newId()}`;
  const row = { iam_id, realm: LOCAL_REALM, subject: iam_id, email, name: email, created_at: 0 };
  return { ...row, password_hash: passwordHash, password_set_at: null };
}

/** The passcode on a page; empty: it has none. */
export const passcodeOn = (page: Visited): string =>
  /<pre class="passcode"[^>]*>([0-9A-Z-]{23})<\/pre>/.exec(page.body)?.[1] ?? '';

/** The sentence of a page that says what went wrong. */
export const complaintOn = (page: Visited): string => /role="alert"><p>([^<]*)</.exec(page.body)?.[1] ?? '';

/** The records of logins by a provider, newest first. */
export async function loginRecords({ server }: Scene): Promise<LoginRecord[]> {
  const records = (await server.auditRecords()) as unknown as LoginRecord[];
  return records.filter(({ action }) => action === 'iam-identity.user-federated.login').reverse();
}

export interface LoginRecord {
  readonly action: string;
  readonly outcome: string;
  readonly reason: { readonly reasonCode: number; readonly reasonForFailure?: string };
  readonly initiator: { readonly id: string; readonly name: string };
  readonly target: { readonly id: string };
  readonly logSourceCRN: string;
}
