import Type, { type Static } from 'typebox';

const seconds = (value: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: 10 * 365 * 86_400, default: value, description });

/** Every duration of a key's life, in seconds, with the documented values as defaults. Drills and tests may shorten them. */
export const LifecycleConfig = Type.Object({
  enableAfterDisableSeconds: seconds(30, 'enable is refused this long after disable'),
  restoreAfterDeleteSeconds: seconds(30, 'restore is refused this long after delete'),
  restoreWindowSeconds: seconds(30 * 86_400, 'a deleted key can be restored this long'),
  purgeAfterDeleteSeconds: seconds(4 * 3600, 'purge is refused this long after delete'),
  autoPurgeAfterDeleteSeconds: seconds(90 * 86_400, 'a deleted key is purged by itself after this'),
  rotateIntervalSeconds: seconds(3600, 'rotate is refused this long after the previous rotation'),
  rotationMonthSeconds: seconds(30 * 86_400, 'the month of a rotation policy'),
  deletionAuthorizationSeconds: seconds(7 * 86_400, 'the first of two authorizations to delete a key holds this long'),
  syncAfterEventSeconds: seconds(3600, 'sync is refused this long after the latest lifecycle event of the key'),
  instanceReclamationSeconds: seconds(7 * 86_400, 'a deleted instance can be restored this long; 0: it is removed at once'),
  eventDeadlineSeconds: seconds(4 * 3600, 'a lifecycle event that is not acknowledged by then has failed'),
  eventHistorySeconds: seconds(90 * 86_400, 'a lifecycle event that nobody has to follow any more is kept this long'),
});
export type LifecycleConfig = Static<typeof LifecycleConfig>;

export const DEFAULT_LIFECYCLE: LifecycleConfig = {
  enableAfterDisableSeconds: 30,
  restoreAfterDeleteSeconds: 30,
  restoreWindowSeconds: 30 * 86_400,
  purgeAfterDeleteSeconds: 4 * 3600,
  autoPurgeAfterDeleteSeconds: 90 * 86_400,
  rotateIntervalSeconds: 3600,
  rotationMonthSeconds: 30 * 86_400,
  deletionAuthorizationSeconds: 7 * 86_400,
  syncAfterEventSeconds: 3600,
  instanceReclamationSeconds: 7 * 86_400,
  eventDeadlineSeconds: 4 * 3600,
  eventHistorySeconds: 90 * 86_400,
};

/** When a deleted key is purged by itself, in seconds from its deletion: never while it can be restored, whatever the settings say. */
export function autoPurgeSeconds({ autoPurgeAfterDeleteSeconds, restoreWindowSeconds }: LifecycleConfig): number {
  return Math.max(autoPurgeAfterDeleteSeconds, restoreWindowSeconds);
}
