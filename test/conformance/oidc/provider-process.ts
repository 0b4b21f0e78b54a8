/** A certified OpenID provider in a process of its own: `provider-process.ts WISHES` (JSON). Prints `{"issuer"}` when it is ready. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadProvider, type ProviderWishes } from './provider-package.ts';

const { people, clientId, clientSecret, redirectUri, port = 0 } = JSON.parse(process.argv[2] ?? '{}') as ProviderWishes;
const server = createServer();
await new Promise<void>((resolve) => {
  server.listen(port, '127.0.0.1', resolve);
});
const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const Provider = await loadProvider();
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: [redirectUri],
      response_types: ['code'],
      grant_types: ['authorization_code'],
    },
  ],
  claims: { email: ['email', 'email_verified'], profile: ['name'] },
  pkce: { required: () => true },
  findAccount: (_context: unknown, id: string) =>
    id in people ? { accountId: id, claims: () => ({ ...people[id], sub: id }) } : undefined,
  cookies: { keys: ['cookies of the provider'] },
});
server.on('request', provider.callback());
process.once('SIGTERM', () => process.exit(0));
process.stdout.write(`${JSON.stringify({ issuer })}\n`);
