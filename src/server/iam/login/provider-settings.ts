import { readFileSync } from 'node:fs';
import { RootwardError } from '../../../contract/errors.ts';
import type { LoginConfig, LoginProviderConfig } from '../../config/login-config.ts';

/** Settings of a provider that have been looked at, with its secret in hand. */
export interface ProviderSettings extends Omit<LoginProviderConfig, 'clientSecretFile' | 'label' | 'issuer'> {
  readonly label: string;
  readonly issuer: URL;
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/;

/** Looks at what a schema cannot see. Throws CONFIG, which names the setting and never repeats a secret. */
export function checkProviders({ providers, publicUrl }: LoginConfig): ProviderSettings[] {
  if (publicUrl !== undefined && checkUrl(publicUrl, 'login.publicUrl').pathname !== '/')
    throw wrong('login.publicUrl', 'must be https://host[:port] without a path');
  const names = new Set<string>();
  return providers.map((provider, index) => {
    const { clientSecretFile, clientSecret = secretIn(clientSecretFile, index), label = provider.name, ...rest } = provider;
    if (names.has(provider.name)) throw wrong(`login.providers.${index}.name`, 'is that of another provider, too');
    names.add(provider.name);
    if (provider.clientSecret !== undefined && clientSecretFile !== undefined)
      throw wrong(`login.providers.${index}.clientSecretFile`, 'and clientSecret are both set');
    if (!rest.scopes.split(' ').includes('openid')) throw wrong(`login.providers.${index}.scopes`, 'must contain openid');
    return {
      ...rest,
      label,
      issuer: checkUrl(rest.issuer, `login.providers.${index}.issuer`),
      ...(clientSecret !== undefined && { clientSecret }),
    };
  });
}

function checkUrl(text: string, setting: string): URL {
  const url = URL.parse(text);
  if (url === null || url.username + url.password + url.search + url.hash !== '')
    throw wrong(setting, 'must be a URL without a user, a query or a fragment');
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname))) return url;
  throw wrong(setting, 'must be https; http is possible on loopback only');
}

function secretIn(file: string | undefined, index: number): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw wrong(`login.providers.${index}.clientSecretFile`, `names a file that cannot be read (${code})`);
  }
}

function wrong(name: string, what: string): RootwardError {
  return new RootwardError('CONFIG', { message: `Setting ${name} ${what}.`, target: { type: 'field', name } });
}
