import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

// The clients are installed apart from us (`npm ci --prefix test/conformance`), so their types are not there for everybody either.

export interface ClientResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly result: {
    readonly metadata: { readonly collectionTotal: number };
    readonly resources: readonly {
      readonly id: string;
      readonly name: string;
      readonly state: number;
      readonly payload?: string;
    }[];
    readonly plaintext?: string;
    readonly ciphertext?: string;
    readonly keyVersion?: { readonly id: string };
    readonly rewrappedKeyVersion?: { readonly id: string };
  };
}

export type Call = (parameters: Readonly<Record<string, unknown>>) => Promise<ClientResponse>;

export type KeyProtectClient = Readonly<
  Record<
    | 'createKey'
    | 'getKeys'
    | 'getKey'
    | 'getKeyMetadata'
    | 'wrapKey'
    | 'unwrapKey'
    | 'rotateKey'
    | 'disableKey'
    | 'enableKey'
    | 'deleteKey'
    | 'getKeyVersions'
    | 'getRegistrations'
    | 'getRegistrationsAllKeys',
    Call
  >
>;

export interface TokenManager {
  getToken(): Promise<string>;
}

interface KeyProtectModule {
  new (options: { readonly authenticator: object; readonly serviceUrl: string }): KeyProtectClient;
}

interface CoreModule {
  readonly IamAuthenticator: new (options: {
    readonly apikey: string;
    readonly url: string;
  }) => { authenticate(request: { headers?: Record<string, string> }): Promise<void> };
  /** Only of version 5. */
  readonly IamAssumeAuthenticator: new (
    options: { readonly apikey: string; readonly url: string } & Readonly<Record<string, string>>,
  ) => { authenticate(request: { headers?: Record<string, string> }): Promise<void> };
  readonly BearerTokenAuthenticator: new (options: { readonly bearerToken: string }) => object;
  readonly IamTokenManager: new (options: { readonly apikey: string; readonly url: string }) => TokenManager;
}

const folder = import.meta.dirname;
const load = createRequire(join(folder, 'package.json'));
const isInstalled = existsSync(join(folder, 'node_modules/@ibm-cloud/ibm-key-protect/package.json'));

/** True where the clients are not installed and nobody promised that they are; in CI their absence fails instead. */
export const clientsAreMissing: boolean = !isInstalled && process.env.CI !== 'true';
if (clientsAreMissing) process.stderr.write('the published clients are not installed: npm ci --prefix test/conformance\n');

/** A module of the packages that the clients are in, by its name there. */
export function loadPublished(name: string): unknown {
  return load(name);
}

/** The token code of the given major version of ibm-cloud-sdk-core. */
export function loadCore(version: 2 | 5): CoreModule {
  return load(version === 2 ? 'ibm-cloud-sdk-core' : 'ibm-cloud-sdk-core-5') as CoreModule;
}

/** A Key Protect client that knows the server by its URL alone. */
export function keyProtectClient(url: string, apikey: string): KeyProtectClient {
  const KeyProtect = load('@ibm-cloud/ibm-key-protect/ibm-key-protect-api/v2') as KeyProtectModule;
  return new KeyProtect({ authenticator: new (loadCore(2).IamAuthenticator)({ apikey, url }), serviceUrl: url });
}

/** The names of all methods of the published Key Protect client, by reflection: what it has, we have. */
export function keyProtectMethods(): string[] {
  const KeyProtect = load('@ibm-cloud/ibm-key-protect/ibm-key-protect-api/v2') as { readonly prototype: object };
  return Object.getOwnPropertyNames(KeyProtect.prototype).filter((name) => name !== 'constructor');
}
