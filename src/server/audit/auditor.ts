import { formatCrn } from '../../contract/crn.ts';
import type { RootwardError } from '../../contract/errors.ts';
import type { InputSchemas, Operation } from '../../contract/operation.ts';
import { deleteOutbox, insertOutbox, listOutbox } from '../../store/audit.ts';
import type { Store, Tx } from '../../store/store.ts';
import { keyProtectStatus } from '../error-bodies/key-protect.ts';
import type { Call, Outcome } from '../handler.ts';
import type { Trace } from '../pipeline.ts';
import type { Principal } from '../principal.ts';
import { crnOfTarget, type Target } from '../target.ts';
import type { AuditLog } from './audit-log.ts';
import { buildRecord } from './build-record.ts';
import type { AuditInitiator, AuditRecord } from './record.ts';

/** Between the pipeline and the chain: makes the records and brings them there. */
export interface Auditor {
  success(operation: Operation, call: Call<InputSchemas>, target: Target, outcome: Outcome<unknown>): AuditRecord;
  failure(operation: Operation, trace: Trace, error: RootwardError): AuditRecord;
  /** Resolves when the record is durable; rejects with AUDIT_UNAVAILABLE. */
  append(record: AuditRecord): Promise<void>;
  /** Writes the record of a change in the change's own transaction. */
  outbox(tx: Tx, record: AuditRecord): Promise<void>;
  /** After the commit: brings the record into the chain. Its outbox row goes later; should we die before, `recover` finds it. */
  settle(record: AuditRecord): Promise<void>;
  /** At start: brings records of changes that were committed just before a crash into the chain, each exactly once. */
  recover(): Promise<number>;
  close(): Promise<void>;
}

const DATA_EVENTS: ReadonlySet<string> = new Set(['keys.wrap', 'keys.unwrap']);
/** Outbox rows are deleted together, since each deletion costs a commit. */
const SWEEP_AT = 64;
const SWEEP_AFTER_MS = 500;

export function createAuditor(deps: { store: Store; log: AuditLog; newId: () => string; region: string }): Auditor {
  const { store, log, newId } = deps;
  let settled: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> = Promise.resolve();

  function sweep(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const ids = settled;
    settled = [];
    // A failed deletion is harmless: the row is found again at the next start and recognised as already in the chain.
    sweeping = sweeping.then(() => deleteOutbox(store.db, ids)).catch(() => undefined);
    return sweeping;
  }

  return {
    success(operation, call, target, outcome) {
      return buildRecord({
        id: newId(),
        at: call.now,
        action: actionOf(operation, target.serviceName),
        status: outcome.status ?? operation.http.success,
        initiator: initiatorOf(call.principal, call.host),
        target: targetOf(operation, target),
        ...(outcome.audit?.requestData && { requestData: outcome.audit.requestData }),
        ...(outcome.audit?.responseData && { responseData: outcome.audit.responseData }),
        dataEvent: DATA_EVENTS.has(operation.name),
        logSourceCRN: crnsOf(target).source,
        correlationId: call.correlationId,
      });
    },

    failure(operation, trace, error) {
      const target = trace.resolved?.target ?? {
        serviceName: serviceOf(operation),
        accountId: trace.principal.accountId,
        region: deps.region,
      };
      return buildRecord({
        id: newId(),
        at: trace.started,
        action: actionOf(operation, target.serviceName),
        status: operation.api === 'key-protect' ? keyProtectStatus(error) : error.row.http,
        reasonForFailure: typeof error.cause === 'string' && error.code === 'ACTION_DENIED' ? error.cause : error.message,
        initiator: initiatorOf(trace.principal, trace.request.host),
        target: targetOf(operation, target),
        dataEvent: DATA_EVENTS.has(operation.name),
        logSourceCRN: crnsOf(target).source,
        correlationId: trace.request.correlationId,
      });
    },

    append: (record) => log.append(record),

    outbox: (tx, record) => insertOutbox(tx, record.id, JSON.stringify(record), Date.parse(record.eventTime)),

    async settle(record) {
      await log.append(record);
      settled.push(record.id);
      if (settled.length >= SWEEP_AT) void sweep();
      else timer ??= setTimeout(() => void sweep(), SWEEP_AFTER_MS).unref();
    },

    async recover() {
      const rows = await listOutbox(store.db);
      const lost = rows.filter((row) => !log.knows(row.id));
      for (const row of lost) await log.append(JSON.parse(row.body) as AuditRecord);
      await deleteOutbox(
        store.db,
        rows.map((row) => row.id),
      );
      return lost.length;
    },

    async close() {
      await sweep();
      await log.close();
    },
  };
}

function actionOf(operation: Operation, serviceName: string): string {
  const action = operation.auditAs ?? (operation.action === 'public' ? `rootward.${operation.name}` : operation.action);
  // The same API on the other provider: its events carry that provider's prefix.
  return serviceName === 'hs-crypto' ? action.replace(/^kms\./, 'hs-crypto.') : action;
}

function serviceOf(operation: Operation): string {
  switch (operation.api) {
    case 'key-protect':
      return 'kms';
    case 'iam':
      return 'iam-identity';
    case 'resource-controller':
      return 'resource-controller';
    case 'containers':
    case 'rootward':
      return 'containers-kubernetes';
  }
}

function targetOf(operation: Operation, target: Target): AuditRecord['target'] {
  const object = operation.name.slice(0, operation.name.indexOf('.'));
  const { id } = crnsOf(target);
  const typeURI = `${target.serviceName}/${object}`;
  return target.name === undefined ? { id, typeURI } : { id, name: target.name, typeURI };
}

interface TargetCrns {
  readonly id: string;
  /** The CRN whose account receives the record. */
  readonly source: string;
}

// The targets of keys in use are kept by the resolver, so their CRNs are written once.
const crns = new WeakMap<Target, TargetCrns>();

function crnsOf(target: Target): TargetCrns {
  const known = crns.get(target);
  if (known) return known;
  const { serviceName: service, accountId, region: location = '', serviceInstance: instance = '' } = target;
  const made = { id: crnOfTarget(target), source: formatCrn({ service, location, accountId, instance }) };
  crns.set(target, made);
  return made;
}

const INITIATOR_TYPES = { user: 'user', 'service-id': 'serviceid', cluster: 'service', anonymous: 'clientid' } as const;

function initiatorOf(principal: Principal, host: AuditInitiator['host']): AuditInitiator {
  return {
    id: principal.iamId,
    name: principal.name,
    typeURI: `service/security/account/${INITIATOR_TYPES[principal.kind]}`,
    credential: { type: principal.credential },
    host,
  };
}
