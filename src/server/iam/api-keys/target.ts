import type { Target } from '../../target.ts';

/** The API keys of one identity: whoever holds that identity may manage them, and whoever may manage identities of the account. */
export function keysOfIdentity(accountId: string, iamId: string, name?: string): Target {
  const target = { serviceName: 'iam-identity', accountId, resourceType: 'identity', resource: iamId };
  return name === undefined ? target : { ...target, name };
}
