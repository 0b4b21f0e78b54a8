import { RootwardError } from '../../../contract/errors.ts';
import { parseInstant } from '../../instant.ts';

/** `expires_at` of a new key in ms, if given; it has to be in the future. */
export function checkExpiry(text: string | undefined, now: number, name: string): number | undefined {
  if (text === undefined) return undefined;
  const instant = parseInstant(text);
  if (instant !== undefined && instant > now) return instant;
  throw new RootwardError('INVALID_FIELD', {
    message: `Field ${name} is not an instant in the future (RFC 3339).`,
    target: { type: 'field', name },
  });
}

/** Locks and born-disabled entities are refused instead of forgotten. Clients send `false` by default. */
export function refuseFlag(value: string | undefined, name: string): void {
  if (value === undefined || value === '' || value.toLowerCase() === 'false') return;
  throw new RootwardError('NOT_SUPPORTED', {
    message: `Header ${name} is not supported yet.`,
    target: { type: 'header', name },
  });
}
