import { formatCrn } from '../../contract/crn.ts';
import { buildRecord } from '../audit/records/build-record.ts';
import type { AuditRecord } from '../audit/records/record.ts';
import { crnOfTarget, type Target } from '../target.ts';

/** Something that the key service did by itself. */
export interface SystemEvent {
  readonly id: string;
  readonly at: number;
  /** `kms.<object>.<verb>`; on the other provider it gets that one's prefix. */
  readonly action: string;
  readonly target: Target;
  /** The feature: last part of the target's type. */
  readonly feature: string;
  /** Absent: 200. */
  readonly status?: number;
  readonly reasonForFailure?: string;
  readonly responseData: Readonly<Record<string, unknown>>;
  readonly correlationId: string;
}

/** The audit record of what no caller asked for: its initiator is the service itself. */
export function systemRecord(event: SystemEvent): AuditRecord {
  const { target, feature } = event;
  const { serviceName: service, accountId, region: location = '', serviceInstance: instance = '' } = target;
  const source = formatCrn({ service, location, accountId, instance });
  return buildRecord({
    id: event.id,
    at: event.at,
    action: service === 'hs-crypto' ? event.action.replace(/^kms\./, 'hs-crypto.') : event.action,
    status: event.status ?? 200,
    ...(event.reasonForFailure !== undefined && { reasonForFailure: event.reasonForFailure }),
    initiator: {
      id: `crn-${source}`,
      name: 'rootward',
      typeURI: 'service/security/account/service',
      credential: { type: 'token' },
      host: { address: '127.0.0.1', agent: 'rootward-scheduler' },
    },
    target: {
      id: crnOfTarget(target),
      ...(target.name !== undefined && { name: target.name }),
      typeURI: `${service}/${feature}`,
    },
    responseData: event.responseData,
    dataEvent: false,
    logSourceCRN: source,
    correlationId: event.correlationId,
  });
}
