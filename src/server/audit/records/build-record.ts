import { STATUS_CODES } from 'node:http';
import { pickData } from './allowed-data.ts';
import { CRN_LENGTH, cutText, NAME_LENGTH, SENTENCE_LENGTH } from './cut-text.ts';
import type { AuditInitiator, AuditRecord } from './record.ts';
import { severityOf } from './severity.ts';

/** What is known of one event. Data fields may hold more than may be logged: only allow-listed names get through. */
export interface AuditEvent {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly action: string;
  /** HTTP status of the reply; 400 and above is a failure. */
  readonly status: number;
  /** The error's public sentence; never its cause. */
  readonly reasonForFailure?: string;
  readonly initiator: AuditInitiator;
  readonly target: AuditRecord['target'];
  readonly requestData?: Readonly<Record<string, unknown>> | undefined;
  readonly responseData?: Readonly<Record<string, unknown>> | undefined;
  readonly dataEvent: boolean;
  readonly logSourceCRN: string;
  readonly correlationId: string;
}

const DISPLAY_NAMES: Readonly<Record<string, string>> = {
  kms: 'Key Protect',
  'hs-crypto': 'Hyper Protect Crypto Services',
  'containers-kubernetes': 'Kubernetes Service',
  'iam-identity': 'IAM Identity Service',
  'iam-am': 'IAM Access Management',
  'resource-controller': 'Resource Controller',
};

/**
 * The record of one event, with every text cut to its limit: whatever a request contains, its record can be written. `id` comes
 * first, where the reader of a chain looks for it.
 */
export function buildRecord(event: AuditEvent): AuditRecord {
  const failed = event.status >= 400;
  const reasonType = STATUS_CODES[event.status] ?? 'Unknown';
  return {
    id: event.id,
    eventTime: eventTime(event.at),
    action: event.action,
    outcome: failed ? 'failure' : 'success',
    severity: severityOf(event.action, event.status),
    reason:
      failed && event.reasonForFailure !== undefined
        ? { reasonCode: event.status, reasonType, reasonForFailure: cutText(event.reasonForFailure, SENTENCE_LENGTH) }
        : { reasonCode: event.status, reasonType },
    message: cutText(messageOf(event.action, event.target.name, failed), SENTENCE_LENGTH),
    initiator: cutInitiator(event.initiator),
    target: cutTarget(event.target),
    observer: { name: 'ActivityTracker' },
    requestData: pickData(event.requestData),
    responseData: pickData(event.responseData),
    dataEvent: event.dataEvent,
    logSourceCRN: cutText(event.logSourceCRN, CRN_LENGTH),
    saveServiceCopy: true,
    correlationId: cutText(event.correlationId, NAME_LENGTH),
  };
}

function cutInitiator({ id, name, typeURI, credential, host }: AuditInitiator): AuditInitiator {
  const { address, agent } = host;
  return {
    id: cutText(id, CRN_LENGTH),
    name: cutText(name, NAME_LENGTH),
    typeURI,
    credential,
    host: { address: cutText(address, NAME_LENGTH), agent: cutText(agent, NAME_LENGTH) },
  };
}

function cutTarget({ id, name, typeURI }: AuditRecord['target']): AuditRecord['target'] {
  const cut = cutText(id, CRN_LENGTH);
  return name === undefined ? { id: cut, typeURI } : { id: cut, name: cutText(name, NAME_LENGTH), typeURI };
}

/** `2026-01-02T03:04:05.06+0000`: hundredths, and an offset without a colon. */
export function eventTime(at: number): string {
  const second = Math.floor(at / 1000);
  const hundredths = Math.floor((at - second * 1000) / 10);
  return `${textOfSecond(second)}.${hundredths < 10 ? '0' : ''}${hundredths}+0000`;
}

// Thousands of records fall into one second, and writing a date costs more than the rest of a record.
let latest = { second: Number.NaN, text: '' };

function textOfSecond(second: number): string {
  if (second !== latest.second) latest = { second, text: new Date(second * 1000).toISOString().slice(0, 19) };
  return latest.text;
}

/** `Key Protect: rotate secrets payroll -failure` */
function messageOf(action: string, targetName: string | undefined, failed: boolean): string {
  const [service = '', ...rest] = action.split('.');
  const verb = rest.pop() ?? '';
  const words = [verb, rest.join(' '), targetName].filter((word) => word !== undefined && word !== '');
  return `${DISPLAY_NAMES[service] ?? service}: ${words.join(' ')}${failed ? ' -failure' : ''}`;
}
