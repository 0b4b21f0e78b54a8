import type { Target } from '../../target.ts';

/** A user of an account: himself, and whoever may manage users. */
export function targetOfUser(accountId: string, iamId: string, name?: string): Target {
  const target = { serviceName: 'user-management', accountId, resourceType: 'user', resource: iamId };
  return name === undefined ? target : { ...target, name };
}

/** All users of an account. Whoever is asked about them has to have the action on each. */
export function usersOf(accountId: string): Target {
  return { serviceName: 'user-management', accountId, resourceType: 'user', whole: true };
}
