import { hash, timingSafeEqual } from 'node:crypto';
import { RootwardError } from '../../../contract/errors.ts';

/** `default`: a client that does not say who it is. */
export type ClientId = 'default' | 'bx' | 'kube';

/** Published clients all have the same two pairs. They say which program asks, and prove nothing. */
const SECRETS: ReadonlyMap<string, ClientId> = new Map([
  ['bx:bx', 'bx'],
  ['kube:kube', 'kube'],
]);

/** The client of a token request by its Authorization header. Throws CLIENT_CREDENTIALS where they are none of ours. */
export function clientOf(header: string | undefined): ClientId {
  const [scheme = '', value = ''] = header?.split(' ', 2) ?? [];
  if (scheme.toLowerCase() !== 'basic') return 'default';
  const given = digest(Buffer.from(value, 'base64').toString('utf8'));
  for (const [pair, client] of SECRETS) if (timingSafeEqual(digest(pair), given)) return client;
  throw new RootwardError('CLIENT_CREDENTIALS');
}

/** Of one length, so that they can be compared in constant time. */
function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
