import { AuthorizationResponseError, ClientError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import { RootwardError } from '../../../contract/errors.ts';

/** Errors of the library that mean that the provider was not heard, or has trouble of its own. */
const SILENCE = new Set(['OAUTH_TIMEOUT', 'OAUTH_ABORT']);
/** A word of the standard; anything else might be put there by whoever made the address. */
const WORD = /^[a-z_]{1,40}$/;

/**
 * What went wrong with a login by a provider, in a sentence that both the person and the audit log can have: no code, token or
 * secret is part of it. Errors that are not about the provider stay what they are.
 */
export function asLoginError(error: unknown): unknown {
  if (isSilence(error)) return new RootwardError('LOGIN_PROVIDER_UNAVAILABLE', { cause: error });
  if (error instanceof AuthorizationResponseError)
    return failed(`The identity provider refused the login${word(error.error)}.`, error);
  if (error instanceof ResponseBodyError)
    return failed(`The identity provider did not accept the code of this login${word(error.error)}.`, error);
  if (error instanceof WWWAuthenticateChallengeError) return failed('The identity provider does not say who this is.', error);
  if (error instanceof ClientError)
    return failed(`What the identity provider answered was not accepted: ${error.message}${claim(error)}.`, error);
  return error;
}

function failed(message: string, cause: unknown): RootwardError {
  return new RootwardError('LOGIN_FAILED', { message, cause });
}

function isSilence(error: unknown): boolean {
  // What `fetch` throws where there is no connection.
  if (error instanceof TypeError) return error.message === 'fetch failed' || error.message === 'terminated';
  if (error instanceof ResponseBodyError) return error.status >= 500;
  if (!(error instanceof ClientError)) return false;
  return SILENCE.has(error.code ?? '') || (error.cause instanceof Response && error.cause.status >= 500);
}

const word = (text: string): string => (WORD.test(text) ? ` (${text})` : '');

/** The name of the claim that was not as expected, from the library's own list. */
function claim({ cause }: Error): string {
  const { claim: name } = ((cause as Error | undefined)?.cause ?? {}) as { readonly claim?: unknown };
  return typeof name === 'string' && WORD.test(name) ? ` (${name})` : '';
}
