import { existsSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ReadyProcess, spawnReady } from '../../process/spawn-ready.ts';

export interface PersonAtProvider {
  readonly name: string;
  readonly email?: string;
  readonly email_verified?: boolean;
}

export interface ProviderWishes {
  /** By login name, which is also the `sub`. Any password is right. */
  readonly people: Readonly<Record<string, PersonAtProvider>>;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  /** By default any free one. */
  readonly port?: number;
}

type Provider = new (issuer: string, settings: object) => { callback(): RequestListener };

// The provider is installed apart from us (`npm ci --prefix test/conformance`) and is never part of the product.
const folder = join(import.meta.dirname, '..');

/** True where the provider is not installed and nobody promised that it is; in CI its absence fails instead. */
export const providerIsMissing: boolean =
  !existsSync(join(folder, 'node_modules/oidc-provider/package.json')) && process.env.CI !== 'true';
if (providerIsMissing) process.stderr.write('the OpenID provider is not installed: npm ci --prefix test/conformance\n');

export async function loadProvider(): Promise<Provider> {
  const file = createRequire(join(folder, 'package.json')).resolve('oidc-provider');
  return ((await import(pathToFileURL(file).href)) as { readonly default: Provider }).default;
}

/** Starts the provider as a process of its own. */
export function startProvider(wishes: ProviderWishes): Promise<ReadyProcess<{ readonly issuer: string }>> {
  return spawnReady(join(import.meta.dirname, 'provider-process.ts'), [JSON.stringify(wishes)]);
}
