import type { Severity } from './record.ts';

const KMS = /^(kms|hs-crypto)\.(?!instance\.)/;
const KMS_CRITICAL = /\.(secrets|registrations)\.delete$/;
const KMS_WARNING =
  /\.secrets\.(rotate|restore|enable|disable|setkeyfordeletion|unsetkeyfordeletion)$|\.(policies|instance-?policies)\.write$/;
const KMS_CRITICAL_STATUS = new Set([401, 403, 503, 507]);
const KMS_WARNING_STATUS = new Set([400, 409, 424, 502, 504, 505]);

const CRITICAL_VERB = /\.(delete|reset|purge|remove)$/;
const NORMAL_VERB = /\.(create|read|get|list|head|login|retrieve|step)$/;
const CRITICAL_STATUS = new Set([401, 403, 503]);

/**
 * How loud an event is, by what was done and with which HTTP status. Key service: its documented lists.
 * Everything else: reading and creating is normal, deleting critical, other changes are warnings.
 */
export function severityOf(action: string, status: number): Severity {
  return KMS.test(action) ? keyServiceSeverity(action, status) : generalSeverity(action, status);
}

function keyServiceSeverity(action: string, status: number): Severity {
  if (KMS_CRITICAL.test(action) || KMS_CRITICAL_STATUS.has(status)) return 'critical';
  return KMS_WARNING.test(action) || KMS_WARNING_STATUS.has(status) ? 'warning' : 'normal';
}

function generalSeverity(action: string, status: number): Severity {
  if (CRITICAL_VERB.test(action) || CRITICAL_STATUS.has(status)) return 'critical';
  return NORMAL_VERB.test(action) && status < 400 ? 'normal' : 'warning';
}
