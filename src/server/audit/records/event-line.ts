import { isLine, lineOf } from '../chain/record-line.ts';
import { pickData } from './allowed-data.ts';
import { type AuditEvent, buildRecord, eventTime } from './build-record.ts';
import { cutText, NAME_LENGTH } from './cut-text.ts';
import type { AuditData, AuditInitiator, AuditRecord } from './record.ts';

/** The texts between the parts of a line that differ from one use of a key to the next. */
interface TargetTexts {
  readonly status: number;
  readonly logSourceCRN: string;
  readonly dataEvent: boolean;
  /** From the action to the name of the initiator's field. */
  readonly beforeInitiator: string;
  /** From the target to the name of the request's data. */
  readonly afterInitiator: string;
  /** From the kind of event to the name of the correlation id. */
  readonly afterData: string;
}

// Whoever records many alike events gives the same objects again, and writing them anew costs more than the rest of a line.
const initiators = new WeakMap<AuditInitiator, string>();
const targets = new WeakMap<AuditRecord['target'], Map<string, TargetTexts>>();
const frozenData = new WeakMap<object, string>();
const NO_DATA: AuditData = {};

/**
 * The line of a success: the same text as `lineOf(buildRecord(event))`, put together from parts that are kept as long as the event's
 * own `initiator` and `target` objects are, which must not change, and data that is frozen. Throws INTERNAL for an id that is not in its form.
 */
export function lineOfSuccess(event: AuditEvent): string {
  const { id, initiator, requestData, responseData } = event;
  if (event.reasonForFailure !== undefined) return lineOf(buildRecord(event));
  const target = textsOfTarget(event);
  const data = `${dataText(requestData)},"responseData":${dataText(responseData)}`;
  const correlationId = JSON.stringify(cutText(event.correlationId, NAME_LENGTH));
  const line = `{"id":"${id}","eventTime":"${eventTime(event.at)}",${target.beforeInitiator}${textOfInitiator(initiator, event)}${target.afterInitiator}${data}${target.afterData}${correlationId}}`;
  return isLine(id, line) ? line : lineOf(buildRecord(event));
}

function dataText(data: AuditEvent['requestData']): string {
  if (data === undefined) return '{}';
  // Only what is frozen all through stays what it was; data of a use of a key is flat.
  if (!Object.isFrozen(data)) return JSON.stringify(pickData(data));
  const known = frozenData.get(data);
  if (known !== undefined) return known;
  const made = JSON.stringify(pickData(data));
  if (Object.values(data).every((value) => typeof value !== 'object')) frozenData.set(data, made);
  return made;
}

function textOfInitiator(initiator: AuditInitiator, event: AuditEvent): string {
  const known = initiators.get(initiator);
  if (known !== undefined) return known;
  const made = JSON.stringify(buildRecord(event).initiator);
  initiators.set(initiator, made);
  return made;
}

function textsOfTarget(event: AuditEvent): TargetTexts {
  const { action, status, logSourceCRN, dataEvent } = event;
  let byAction = targets.get(event.target);
  if (!byAction) {
    byAction = new Map();
    targets.set(event.target, byAction);
  }
  const known = byAction.get(action);
  if (known?.status === status && known.logSourceCRN === logSourceCRN && known.dataEvent === dataEvent) return known;
  const made = makeTexts(event);
  byAction.set(action, made);
  return made;
}

function makeTexts(event: AuditEvent): TargetTexts {
  const { status, logSourceCRN, dataEvent } = event;
  const record = buildRecord({ ...event, requestData: NO_DATA, responseData: NO_DATA });
  const { action, outcome, severity, reason, message, target, observer, saveServiceCopy } = record;
  return {
    status,
    logSourceCRN,
    dataEvent,
    beforeInitiator: `${fields({ action, outcome, severity, reason, message })},"initiator":`,
    afterInitiator: `,${fields({ target, observer })},"requestData":`,
    afterData: `,${fields({ dataEvent, logSourceCRN: record.logSourceCRN, saveServiceCopy })},"correlationId":`,
  };
}

/** The fields of an object as they stand in its JSON, without the braces. */
function fields(part: Partial<AuditRecord>): string {
  return JSON.stringify(part).slice(1, -1);
}
