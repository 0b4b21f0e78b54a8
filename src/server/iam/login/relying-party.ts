import * as openid from 'openid-client';
import { RootwardError } from '../../../contract/errors.ts';
import type { Attempt } from './attempt.ts';
import { asLoginError } from './provider-errors.ts';
import type { ProviderSettings } from './provider-settings.ts';

/** Who a provider says that somebody is. */
export interface Arrival {
  /** Its `sub`: who somebody is, for ever and whatever his address becomes. */
  readonly subject: string;
  readonly name: string;
  /** In small letters; empty where the provider tells none that could be one here. */
  readonly email: string;
  readonly isEmailVerified: boolean;
  /** All that the provider said. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Rootward as the client of one provider. */
export interface RelyingParty {
  readonly settings: ProviderSettings;
  /** Where the browser goes. Rejects LOGIN_PROVIDER_UNAVAILABLE. */
  authorizationUrl(attempt: Attempt, now: number): Promise<string>;
  /**
   * Redeems what the browser brought back. State, issuer, code, signature, audience, nonce and times are checked by the library.
   * Rejects LOGIN_FAILED or LOGIN_PROVIDER_UNAVAILABLE.
   */
  redeem(attempt: Attempt, response: string, now: number): Promise<Arrival>;
}

export interface RelyingPartyDeps {
  readonly timeoutSeconds: number;
  /** `https://host:port` by which browsers reach this server. */
  readonly origin: () => string;
}

/** What a provider says of itself is asked for again after this; its signing keys, whenever an unknown one is used. */
const DISCOVERY_MS = 3_600_000;
/** Clocks of providers that are not quite right. */
const TOLERANCE_SECONDS = 30;
const LONGEST_SUBJECT = 255;

/**
 * What is asked of providers: an ID token by the code flow with PKCE, signed with a key that they publish. The signature is checked
 * although the token comes straight from the provider: then neither `none` nor a shared secret will do.
 */
export function createRelyingParty(settings: ProviderSettings, deps: RelyingPartyDeps): RelyingParty {
  const redirectUri = (): string => `${deps.origin()}/identity/callback/${settings.name}`;
  let known: { readonly configuration: Promise<openid.Configuration>; readonly until: number } | undefined;

  function configured(now: number): Promise<openid.Configuration> {
    if (known && now < known.until) return known.configuration;
    const asked = { configuration: discover(settings, deps.timeoutSeconds), until: now + DISCOVERY_MS };
    known = asked;
    asked.configuration.catch(() => {
      // The next one asks again.
      if (known === asked) known = undefined;
    });
    return asked.configuration;
  }

  return {
    settings,
    async authorizationUrl({ state, nonce, verifier }, now) {
      const configuration = await configured(now);
      const url = openid.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri(),
        scope: settings.scopes,
        state,
        nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      return url.href;
    },
    async redeem({ state, nonce, verifier }, response, now) {
      const configuration = await configured(now);
      const url = new URL(`${redirectUri()}?${response}`);
      try {
        const tokens = await openid.authorizationCodeGrant(configuration, url, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (!claims) throw new RootwardError('LOGIN_FAILED', { message: 'The identity provider sent no ID token.' });
        const asksForMore = claims.email === undefined && configuration.serverMetadata().userinfo_endpoint !== undefined;
        const more = asksForMore ? await openid.fetchUserInfo(configuration, tokens.access_token, claims.sub) : {};
        return arrivalOf(settings, { ...more, ...claims });
      } catch (error) {
        throw asLoginError(error);
      }
    },
  };
}

async function discover(settings: ProviderSettings, timeout: number): Promise<openid.Configuration> {
  const { issuer, clientId, clientSecret } = settings;
  try {
    const configuration = await openid.discovery(
      issuer,
      clientId,
      { [openid.clockTolerance]: TOLERANCE_SECONDS },
      clientSecret === undefined ? openid.None() : bySecret(clientSecret),
      { timeout, execute: issuer.protocol === 'http:' ? [openid.allowInsecureRequests] : [] },
    );
    openid.enableNonRepudiationChecks(configuration);
    return configuration;
  } catch (error) {
    throw new RootwardError('LOGIN_PROVIDER_UNAVAILABLE', { cause: error });
  }
}

/** As the provider wants it; where it does not say, as the standard has it. */
function bySecret(secret: string): openid.ClientAuth {
  const basic = openid.ClientSecretBasic(secret);
  const post = openid.ClientSecretPost(secret);
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    (methods.includes('client_secret_basic') ? basic : post)(server, ...rest);
  };
}

const ADDRESS = /^[\x21-\x3f\x41-\x7e]{1,64}@[\x21-\x3f\x41-\x7e]{1,189}$/;

/** Only ASCII counts as an address: letters that become others when they are made small would make it somebody else's. */
function arrivalOf({ trustEmail }: ProviderSettings, claims: Readonly<Record<string, unknown>>): Arrival {
  const { sub, email, email_verified: verified } = claims;
  if (typeof sub !== 'string' || sub === '' || sub.length > LONGEST_SUBJECT || sub.includes('\0'))
    throw new RootwardError('LOGIN_FAILED', { message: 'The identity provider sent no usable subject.' });
  const address = typeof email === 'string' && ADDRESS.test(email) ? email.toLowerCase() : '';
  return {
    subject: sub,
    name: nameOf(claims) ?? (address === '' ? sub : address),
    email: address,
    claims,
    isEmailVerified: address !== '' && (verified === true || verified === 'true' || (verified === undefined && trustEmail)),
  };
}

function nameOf({ name, preferred_username }: Readonly<Record<string, unknown>>): string | undefined {
  const given = [name, preferred_username].find((one) => typeof one === 'string' && one.trim() !== '');
  // No store holds NUL, and a name is one line.
  return (given as string | undefined)
    ?.replaceAll(/\p{Cc}/gu, ' ')
    .toWellFormed()
    .trim()
    .slice(0, 100);
}
