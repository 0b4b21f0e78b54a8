import { RootwardError } from '../../../contract/errors.ts';
import { DELEGATED_RESPONSE, type TokenRequest } from '../../../contract/tokens/grant.ts';
import type { ClientId } from './client-credentials.ts';

const USUAL_SECONDS = 600;
const MOST_SECONDS = 3600;
/** Who can show that it is meant. */
const RECEIVERS: readonly string[] = ['bx', 'kube'] satisfies ClientId[];

export interface Delegation {
  readonly clients: readonly string[];
  readonly seconds: number;
}

/** What a request says of a refresh token for another client; undefined: it wants none. Throws INVALID_FIELD. */
export function wantedDelegation(body: TokenRequest): Delegation | undefined {
  if (!words(body.response_type).includes(DELEGATED_RESPONSE)) return undefined;
  const clients = words(body.receiver_client_ids);
  if (clients.length === 0 || !clients.every((client) => RECEIVERS.includes(client))) {
    throw wrong('receiver_client_ids', `names clients other than ${RECEIVERS.join(' and ')}, or none`);
  }
  const seconds = Number(body.delegated_refresh_token_expiry ?? USUAL_SECONDS);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MOST_SECONDS) return { clients, seconds };
  throw wrong('delegated_refresh_token_expiry', `is no number of seconds from 1 to ${MOST_SECONDS}`);
}

function words(text = ''): string[] {
  return text.split(/[ ,]+/).filter((word) => word !== '');
}

function wrong(name: string, what: string): RootwardError {
  return new RootwardError('INVALID_FIELD', { message: `Field ${name} ${what}.`, target: { type: 'field', name } });
}
