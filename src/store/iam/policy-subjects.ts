import type { Db } from '../store.ts';

/** Is this the IAM id of a user, a service ID or a trusted profile of the account? */
export async function hasIdentity(db: Db, accountId: string, iamId: string): Promise<boolean> {
  if (iamId.startsWith('iam-ServiceId-')) {
    const service = db.selectFrom('service_ids').select('id').where('account_id', '=', accountId);
    return (await service.where('id', '=', iamId.slice('iam-'.length)).executeTakeFirst()) !== undefined;
  }
  const profile = db.selectFrom('trusted_profiles').select('id').where('account_id', '=', accountId);
  if ((await profile.where('iam_id', '=', iamId).executeTakeFirst()) !== undefined) return true;
  const user = db.selectFrom('account_users').select('iam_id').where('account_id', '=', accountId);
  return (await user.where('iam_id', '=', iamId).executeTakeFirst()) !== undefined;
}

/** Is this the IAM id of a service ID that is locked? */
export async function isLockedServiceId(db: Db, accountId: string, iamId: string): Promise<boolean> {
  if (!iamId.startsWith('iam-ServiceId-')) return false;
  const service = db.selectFrom('service_ids').select('locked').where('account_id', '=', accountId);
  return (await service.where('id', '=', iamId.slice('iam-'.length)).executeTakeFirst())?.locked === 1;
}

/** Is this the id of an access group of the account? */
export async function hasAccessGroup(db: Db, accountId: string, id: string): Promise<boolean> {
  const group = db.selectFrom('access_groups').select('id').where('account_id', '=', accountId).where('id', '=', id);
  return (await group.executeTakeFirst()) !== undefined;
}
