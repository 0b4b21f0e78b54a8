import { formatCrn } from '../../contract/crn.ts';
import { RootwardError } from '../../contract/errors.ts';
import type { InputSchemas, Operation } from '../../contract/operation.ts';
import type { Store, Tx } from '../../store/store.ts';
import { keyProtectStatus } from '../error-bodies/key-protect.ts';
import type { Call, Outcome } from '../handler.ts';
import type { Trace } from '../pipeline.ts';
import type { Principal } from '../principal.ts';
import { crnOfTarget, type Target } from '../target.ts';
import type { AuditLog } from './audit-log.ts';
import type { FreeSpace } from './chain/free-space.ts';
import { lineOf, type RecordLine } from './chain/record-line.ts';
import { createOutbox, type OutboxReplica } from './outbox/outbox.ts';
import { type AuditEvent, buildRecord } from './records/build-record.ts';
import { byAddress, byIdentity, createCountedRefusals } from './records/counted-refusals.ts';
import { lineOfSuccess } from './records/event-line.ts';
import type { AuditInitiator, AuditRecord } from './records/record.ts';

/** Between the pipeline and the chain: makes the records and brings them there. */
export interface Auditor {
  success(operation: Operation, call: Call<InputSchemas>, target: Target, outcome: Outcome<unknown>): RecordLine;
  failure(operation: Operation, trace: Trace, error: RootwardError): AuditRecord;
  /** Resolves when the record is durable; rejects with AUDIT_UNAVAILABLE. */
  append(record: RecordLine): Promise<void>;
  /** Records a refusal like `append`. Those of callers without an identity, and of callers that ask too often, are counted beyond a rate. */
  refuse(operation: Operation, trace: Trace, error: RootwardError): Promise<void>;
  /** Before anything is done: throws AUDIT_UNAVAILABLE where it could not be recorded. */
  admit(operation: Operation): void;
  /** Why records are not as they should be, for people; empty: they are. */
  problems(): readonly string[];
  /** Writes the record of a change in the change's own transaction. */
  outbox(tx: Tx, record: RecordLine): Promise<void>;
  /** After the commit: brings the record into the chain, now or as soon as that works. Never rejects. */
  settle(record: RecordLine): Promise<void>;
  /** At start: brings records of changes that were committed just before a crash into the chain, each exactly once. */
  recover(): Promise<number>;
  close(): Promise<void>;
}

const DATA_EVENTS: ReadonlySet<string> = new Set(['keys.wrap', 'keys.unwrap', 'keys.rewrap']);
/** Changes whose records wait for the chain; beyond it further ones are refused, so that the outbox stays small. */
const BACKLOG_LIMIT = 256;

export interface AuditorDeps {
  readonly store: Store;
  readonly log: AuditLog;
  readonly newId: () => string;
  readonly region: string;
  /** Absent: the disk is not watched. */
  readonly space?: FreeSpace;
  /** This server among others on the same store; absent: it is alone. */
  readonly replica?: OutboxReplica;
}

export function createAuditor(deps: AuditorDeps): Auditor {
  const { store, log, newId, space } = deps;
  const outbox = createOutbox({ store, log, ...(deps.replica && { replica: deps.replica }) });
  const append = (record: AuditRecord): Promise<void> => log.append(record);
  const anonymous = createCountedRefusals(append, byAddress);
  const tooOften = createCountedRefusals(append, byIdentity);

  return {
    success(operation, call, resolved, outcome) {
      const target = outcome.audit?.target ?? resolved;
      const dataEvent = DATA_EVENTS.has(operation.name);
      const event: AuditEvent = {
        id: newId(),
        at: call.now,
        action: actionOf(operation, target.serviceName, outcome.audit?.action),
        status: outcome.status ?? operation.http.success,
        initiator: initiatorOf(outcome.audit?.initiator ?? call.principal, call.host),
        target: targetOf(operation, target),
        requestData: outcome.audit?.requestData,
        responseData: outcome.audit?.responseData,
        dataEvent,
        logSourceCRN: knownTarget(target).source,
        correlationId: call.correlationId,
      };
      // Only the resolver of keys in use gives the same target again.
      return { id: event.id, at: event.at, line: dataEvent ? lineOfSuccess(event) : lineOf(buildRecord(event)) };
    },

    failure(operation, trace, error) {
      const target = trace.resolved?.target ?? {
        serviceName: serviceOf(operation),
        accountId: trace.principal.accountId,
        region: deps.region,
      };
      const named = trace.resolved?.audit;
      return buildRecord({
        id: newId(),
        at: trace.started,
        action: actionOf(operation, target.serviceName, named?.action),
        status: operation.api === 'key-protect' ? keyProtectStatus(error) : error.row.http,
        reasonForFailure: typeof error.cause === 'string' && error.code === 'ACTION_DENIED' ? error.cause : error.message,
        initiator: initiatorOf(named?.initiator ?? trace.principal, trace.request.host),
        target: targetOf(operation, target),
        dataEvent: DATA_EVENTS.has(operation.name),
        logSourceCRN: knownTarget(target).source,
        correlationId: trace.request.correlationId,
      });
    },

    append: ({ id, line }) => log.appendLine(id, line),

    async refuse(operation, trace, error) {
      const { principal, request, started } = trace;
      const make = (): AuditRecord => this.failure(operation, trace, error);
      let record: AuditRecord | undefined;
      if (principal.kind === 'anonymous') record = anonymous.admit(request.host.address, started, make);
      else if (error.code === 'OVERLOADED') record = tooOften.admit(principal.iamId, started, make);
      else record = make();
      if (record) await append(record);
    },

    admit(operation) {
      if (space?.isShort) throw new RootwardError('AUDIT_UNAVAILABLE', { message: 'The disk of the audit log is nearly full.' });
      if (operation.mutates && outbox.backlog >= BACKLOG_LIMIT) throw new RootwardError('AUDIT_UNAVAILABLE');
    },

    problems() {
      const problems: string[] = [];
      if (log.isFailing) problems.push('the audit log cannot be written');
      if (space?.isShort) problems.push('the disk of the audit log is nearly full');
      if (outbox.backlog > 0) problems.push(`${outbox.backlog} audit records of committed changes are not in the chain yet`);
      return problems;
    },

    outbox: outbox.write,
    settle: outbox.settle,
    recover: outbox.recover,

    async close() {
      space?.close();
      await anonymous.flush();
      await tooOften.flush();
      await outbox.close();
      await log.close();
    },
  };
}

function actionOf(operation: Operation, serviceName: string, named?: string): string {
  const action = named ?? operation.auditAs ?? (operation.action === 'public' ? `rootward.${operation.name}` : operation.action);
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
      return 'containers-kubernetes';
    case 'rootward':
      return 'rootward';
  }
}

interface KnownTarget {
  readonly id: string;
  /** The CRN whose account receives the record. */
  readonly source: string;
  /** As records show it, by operation. */
  readonly shown: Map<string, AuditRecord['target']>;
}

// The targets of keys in use are kept by the resolver, so what is written of them is made once.
const knownTargets = new WeakMap<Target, KnownTarget>();

function knownTarget(target: Target): KnownTarget {
  const known = knownTargets.get(target);
  if (known) return known;
  const { serviceName: service, accountId, region: location = '', serviceInstance: instance = '' } = target;
  const source = formatCrn({ service, location, accountId, instance });
  const made = { id: crnOfTarget(target), source, shown: new Map<string, AuditRecord['target']>() };
  knownTargets.set(target, made);
  return made;
}

function targetOf(operation: Operation, target: Target): AuditRecord['target'] {
  const { id, shown } = knownTarget(target);
  const known = shown.get(operation.name);
  if (known) return known;
  const typeURI = `${target.serviceName}/${operation.name.slice(0, operation.name.indexOf('.'))}`;
  const made = target.name === undefined ? { id, typeURI } : { id, name: target.name, typeURI };
  shown.set(operation.name, made);
  return made;
}

const INITIATOR_TYPES = {
  user: 'user',
  'service-id': 'serviceid',
  profile: 'user',
  cluster: 'service',
  service: 'service',
  anonymous: 'clientid',
} as const;

// A caller mostly asks from one place, so what is written of both is made once.
const knownInitiators = new WeakMap<Principal, AuditInitiator>();

function initiatorOf(principal: Principal, { address, agent }: AuditInitiator['host']): AuditInitiator {
  const known = knownInitiators.get(principal);
  if (known?.host.address === address && known.host.agent === agent) return known;
  const made: AuditInitiator = {
    id: principal.iamId,
    name: principal.name,
    typeURI: `service/security/account/${INITIATOR_TYPES[principal.kind]}`,
    credential: { type: principal.credential },
    host: { address, agent },
  };
  knownInitiators.set(principal, made);
  return made;
}
