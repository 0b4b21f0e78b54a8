import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { CLIENT } from './scene.ts';

/** A provider that says whatever a test wants it to say. */
export interface CraftedProvider extends AsyncDisposable {
  readonly issuer: string;
  /** What it signs with; a test may put another one in its place, and publish it or not. */
  key: SigningKey;
  published: SigningKey[];
  /** What the token endpoint answers, given the claims of a good ID token. */
  answer: (claims: JWTPayload) => Promise<string> | string;
  userinfo: Record<string, unknown>;
  /** Instead of any answer: nothing (it never comes), or a status. */
  trouble: undefined | 'silence' | 500;
  /** The address that the browser was sent to last; its nonce is what a good ID token repeats. */
  nonce: string;
  readonly asked: Record<string, number>;
}

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
  readonly jwk: Record<string, unknown>;
}

export async function newKey(kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' } };
}

export const sign = (claims: JWTPayload, { kid, privateKey }: SigningKey): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);

export async function startCraftedProvider(): Promise<CraftedProvider> {
  const key = await newKey('first');
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const made: CraftedProvider = {
    issuer,
    key,
    published: [key],
    answer: (claims) => sign(claims, made.key),
    userinfo: {},
    trouble: undefined,
    nonce: '',
    asked: {},
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
  serve(server, made);
  return made;
}

function serve(server: Server, made: CraftedProvider): void {
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    const path = request.url?.split('?')[0] ?? '';
    made.asked[path] = (made.asked[path] ?? 0) + 1;
    if (made.trouble === 'silence') return;
    if (made.trouble !== undefined) return void response.writeHead(made.trouble).end();
    void bodyOf(made, path).then((body) => {
      response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}));
    });
  });
}

async function bodyOf(made: CraftedProvider, path: string): Promise<object | undefined> {
  const { issuer } = made;
  const now = Math.floor(Date.now() / 1000);
  switch (path) {
    case '/.well-known/openid-configuration':
      return {
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        userinfo_endpoint: `${issuer}/userinfo`,
        jwks_uri: `${issuer}/jwks`,
        // It boasts of everything, so that nothing is refused only because it was not announced.
        id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
      };
    case '/jwks':
      return { keys: made.published.map(({ jwk }) => jwk) };
    case '/userinfo':
      return made.userinfo;
    case '/token': {
      const claims = { iss: issuer, aud: CLIENT.clientId, sub: 'ada', iat: now, exp: now + 300, nonce: made.nonce };
      const id_token = await made.answer({ ...claims, name: 'Ada', email: 'ada@example.com', email_verified: true });
      return { access_token: 'access', token_type: 'Bearer', ...(id_token !== '' && { id_token }) };
    }
    default:
      return undefined;
  }
}
