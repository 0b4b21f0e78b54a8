import { RootwardError } from '../../../contract/errors.ts';
import { parseInstant } from '../../instant.ts';

/** RFC 3339 has years of four digits. */
const LATEST = Date.UTC(10_000, 0);

/** `expires_at` of a key in ms, if given; it has to be in the future. */
export function checkExpiry(text: string | undefined, now: number, name: string): number | undefined {
  if (text === undefined) return undefined;
  const instant = parseInstant(text);
  if (instant !== undefined && instant > now && instant < LATEST) return instant;
  throw new RootwardError('INVALID_FIELD', {
    message: `Field ${name} is not an instant in the future (RFC 3339).`,
    target: { type: 'field', name },
  });
}

/** A header of yes or no. Clients send `false` by default. */
export function isSet(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true';
}

/** What would be forgotten silently is refused: each of these promises something that this server does not do. */
export function refusePromises(
  body: { readonly store_value?: boolean; readonly support_sessions?: boolean; readonly action_when_leaked?: string },
  prefix = '',
): void {
  const refuse = (name: string, why: string): never => {
    throw new RootwardError('NOT_SUPPORTED', {
      message: `Field ${prefix}${name} is not supported here: ${why}.`,
      target: { type: 'field', name: prefix + name },
    });
  };
  if (body.store_value === true) refuse('store_value', 'a secret is shown once and cannot be read again');
  if (body.support_sessions === true) refuse('support_sessions', 'sessions of an API key are not counted');
  const { action_when_leaked: action = 'none' } = body;
  if (action !== 'none' && action !== '') refuse('action_when_leaked', 'nobody reports leaked keys to this server');
}
