import { RootwardError } from '../../../contract/errors.ts';
import type { LoginConfig } from '../../config/login-config.ts';
import type { Resolved } from '../../handler.ts';
import { checkProviders } from './provider-settings.ts';
import { createRelyingParty, type RelyingParty } from './relying-party.ts';

/** Every provider of the settings, in their order. */
export interface RelyingParties {
  readonly all: readonly RelyingParty[];
  /** What a login by the provider of this name is audited under, and the provider. */
  resolve(name: string): Resolved<RelyingParty>;
}

export interface RelyingPartiesDeps {
  readonly login: LoginConfig;
  readonly origin: () => string;
}

/** Throws CONFIG. Nothing is asked of a provider before somebody logs in by it. */
export function createRelyingParties({ login, origin }: RelyingPartiesDeps): RelyingParties {
  const publicOrigin = login.publicUrl === undefined ? origin : () => new URL(login.publicUrl ?? '').origin;
  const deps = { timeoutSeconds: login.timeoutSeconds, origin: publicOrigin };
  const all = checkProviders(login).map((settings) => createRelyingParty(settings, deps));
  return {
    all,
    resolve(name) {
      const target = { serviceName: 'iam-identity', accountId: '', resourceType: 'provider', resource: name };
      const record = all.find(({ settings }) => settings.name === name);
      return record ? { target, record } : { target, missing: new RootwardError('LOGIN_PROVIDER_UNKNOWN') };
    },
  };
}
