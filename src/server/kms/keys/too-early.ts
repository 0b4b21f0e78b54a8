import { RootwardError } from '../../../contract/errors.ts';
import { formatInstant } from '../../instant.ts';

/** Throws TOO_EARLY while `now` is less than `seconds` after `since`; at the very instant it is early no more. */
export function refuseTooEarly(what: string, since: number, seconds: number, now: number): void {
  const allowedFrom = since + seconds * 1000;
  if (now >= allowedFrom) return;
  throw new RootwardError('TOO_EARLY', {
    message: `${what} at ${formatInstant(since)}. This is possible from ${formatInstant(roundUp(allowedFrom))}.`,
    retryAfterSeconds: Math.ceil((allowedFrom - now) / 1000),
  });
}

/** Instants are shown in whole seconds; who comes at the one that is named must not be early. */
function roundUp(milliseconds: number): number {
  return Math.ceil(milliseconds / 1000) * 1000;
}
