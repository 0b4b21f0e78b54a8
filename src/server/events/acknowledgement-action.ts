import type { LifecycleEventRow } from '../../store/kms/lifecycle-events.ts';

const VERBS: Readonly<Record<LifecycleEventRow['type'], string>> = {
  rotation: 'rotate',
  disable: 'disable',
  enable: 'enable',
  deletion: 'delete',
  restoration: 'restore',
  expire: 'expire',
  sync: 'sync',
};

/** What the audit log calls the acknowledgement of an event of this type, also one that did not come in time. */
export function acknowledgementAction(type: LifecycleEventRow['type']): string {
  return `kms.secrets.ack-${VERBS[type]}`;
}
