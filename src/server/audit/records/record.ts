/** A value that audit data may hold: nothing deeper than what `pickData` lets through. */
export type AuditValue = string | number | boolean | null | readonly AuditValue[] | { readonly [name: string]: AuditValue };

export type AuditData = { readonly [name: string]: AuditValue };

export type Severity = 'normal' | 'warning' | 'critical';

/** One audit event in the top-level CADF shape that IBM's activity records have. */
export interface AuditRecord {
  readonly id: string;
  /** `2026-01-02T03:04:05.06+0000`, UTC. */
  readonly eventTime: string;
  /** `<service>.<object>.<verb>`. */
  readonly action: string;
  readonly outcome: 'success' | 'pending' | 'failure' | 'unknown';
  readonly severity: Severity;
  readonly reason: { readonly reasonCode: number; readonly reasonType: string; readonly reasonForFailure?: string };
  readonly message: string;
  readonly initiator: AuditInitiator;
  readonly target: { readonly id: string; readonly name?: string; readonly typeURI: string };
  readonly observer: { readonly name: 'ActivityTracker' };
  readonly requestData: AuditData;
  readonly responseData: AuditData;
  /** True for the use of a key, false for its management. */
  readonly dataEvent: boolean;
  readonly logSourceCRN: string;
  readonly saveServiceCopy: true;
  readonly correlationId: string;
  /** Present where data was left out because the record would have been too long. */
  readonly truncated?: true;
  /** How many alike events this record stands for; absent: one. */
  readonly count?: number;
}

export interface AuditInitiator {
  /** The caller's IAM id; empty if the request carried no valid token. */
  readonly id: string;
  readonly name: string;
  readonly typeURI: `service/security/account/${'user' | 'serviceid' | 'service' | 'clientid'}`;
  readonly credential: { readonly type: 'token' | 'user' | 'apikey' | 'certificate' };
  readonly host: { readonly address: string; readonly agent: string };
}
