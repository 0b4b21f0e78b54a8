import type { Target } from '../../target.ts';

/** What anybody may read: it belongs to no account. */
export const PUBLIC_TARGET: Target = { serviceName: 'iam-identity', accountId: '', resourceType: 'token' };
