import { randomBytes, randomUUID } from 'node:crypto';
import { uptime } from 'node:os';
import { OPERATIONS } from '../contract/operations.ts';
import type { Barrier } from '../crypto/barrier.ts';
import { readMeta } from '../store/meta.ts';
import type { Store } from '../store/store.ts';
import { openAuditLog } from './audit/audit-log.ts';
import { type Auditor, createAuditor } from './audit/auditor.ts';
import { checkpointsIn } from './audit/chain/checkpoints-in-store.ts';
import { watchFreeSpace } from './audit/chain/free-space.ts';
import { writerOfEpoch } from './audit/chain/writer-name.ts';
import { openBackups } from './backups/open-backups.ts';
import type { BackupSchedule } from './backups/schedule.ts';
import { type Clocks, openClockGuard } from './clock/clock-guard.ts';
import { clockHandlers } from './clock/handlers.ts';
import type { Config } from './config.ts';
import { createEventFeed, type EventFeed } from './events/feed.ts';
import type { Handler } from './handler.ts';
import { createLoginCounts, type LoginCounts } from './iam/activity/login-counts.ts';
import { createDecide } from './iam/decide/decide.ts';
import type { Decide } from './iam/decide/decision.ts';
import { iamHandlers } from './iam/handlers.ts';
import { openSigningKeys } from './iam/signing-keys/signing-keys.ts';
import { createAuthenticate } from './iam/tokens/authenticate.ts';
import { iamJobs } from './jobs/iam/list.ts';
import { createJobMetrics } from './jobs/job-metrics.ts';
import { keyServiceJobs } from './jobs/list.ts';
import { createScheduler, type Scheduler } from './jobs/scheduler.ts';
import type { KeyRows } from './key-rows.ts';
import { kmsHandlers } from './kms/handlers.ts';
import { createImportKeyPairs } from './kms/import-tokens/key-pairs.ts';
import { createKeyMaterial } from './kms/key-material.ts';
import { createKeyResolver } from './kms/keys/resolve-key.ts';
import type { Log } from './log.ts';
import type { DataDir } from './operate/data-dir.ts';
import { createMetrics, type Metrics } from './operate/metrics.ts';
import { adoptKeyRows, openKeyRows } from './operate/open-key-rows.ts';
import { createPipeline, type Invoke, type Pipeline } from './pipeline.ts';
import { createRateLimit } from './rate-limit/rate-limit.ts';
import { resourceHandlers } from './resources/handlers.ts';

const DAY_MS = 86_400_000;

/** Uptime also counts while the machine sleeps; `performance.now` does not, but costs nothing. */
const MACHINE: Clocks = { wall: () => Date.now(), uptime: () => uptime() * 1000, ticks: () => performance.now() };

export interface Parts {
  readonly config: Config;
  readonly dataDir: DataDir;
  readonly store: Store;
  readonly barrier: Barrier;
  readonly log: Log;
  readonly serverId: string;
  /** The name of this process among those on the same store; also of its audit chain. */
  readonly replica: string;
  /** Where the private network finds the key service. */
  readonly privatePort: () => number;
  /** `https://host:port` of this server, once it listens. */
  readonly origin: () => string;
}

/** What a further feature is built on. */
export interface Foundation extends Parts {
  readonly keyRows: KeyRows;
  readonly decide: Decide;
  readonly invoke: Invoke;
  readonly events: EventFeed;
  readonly now: () => number;
  /** By this time a cluster may lose what it has; earlier than `now` only while the machine's clock is in doubt. */
  readonly earliestNow: () => number;
  readonly newId: () => string;
  readonly randomBytes: (size: number) => Buffer;
}

export interface Composed {
  readonly pipeline: Pipeline;
  readonly auditor: Auditor;
  readonly metrics: Metrics;
  /** Not started yet. */
  readonly scheduler: Scheduler;
  /** Not started yet. */
  readonly backupSchedule: BackupSchedule;
  /** Not started yet. */
  readonly loginCounts: LoginCounts;
  /** Records of changes that a crash had kept out of the chain, now in it. */
  readonly recoveredRecords: number;
}

/** Wires the server together, by hand and in one place. `more` are the handlers of features that need the pipeline itself. */
export async function compose(parts: Parts, more: (foundation: Foundation) => readonly Handler[]): Promise<Composed> {
  const { config, store, barrier, origin, log } = parts;
  const clock = await openClockGuard({ store, clocks: MACHINE, settings: config.clock, log });
  const { now, earliest: earliestNow } = clock;
  const newId = () => randomUUID();
  const ids = { newId, randomBytes: (size: number) => randomBytes(size) };
  const metrics = createMetrics();
  const events = createEventFeed(store);
  // Replicas accept each other's tokens, wherever each of them listens.
  const ownIssuer = () => (config.store.url === undefined ? `${origin()}/identity` : `urn:rootward:${parts.serverId}`);
  const issuer = () => config.issuer ?? ownIssuer();
  const signingKeys = await openSigningKeys({ store, barrier, newId, now });
  const decide = createDecide({ store });
  const material = createKeyMaterial({ store, barrier, versionsKept: config.cache.versions });
  const auditLog = await openAuditLog({
    directory: parts.dataDir.audit,
    writer: writerOfEpoch(parts.replica, Number((await readMeta(store.db, 'restore_epoch')) ?? 0)),
    key: barrier.deriveKey('audit'),
    clock: now,
    checkpoints: checkpointsIn(store),
    onFailure: (error) => log.error({ err: error }, 'the audit log cannot be written; requests are refused until it can'),
  });
  const auditor = createAuditor({
    store,
    log: auditLog,
    newId,
    region: config.region,
    ...(config.store.url !== undefined && { replica: { name: parts.replica, now } }),
    space: await watchFreeSpace(parts.dataDir.audit),
  });
  const recoveredRecords = await auditor.recover();
  const keyRows = openKeyRows({ barrier, registry: metrics.registry, log });
  await adoptKeyRows({
    ...ids,
    store,
    keyRows,
    auditor,
    log,
    doneFile: parts.dataDir.keyRowsDone,
    accountId: (await readMeta(store.db, 'account_id')) ?? '',
    region: config.region,
    now,
    rowsAtOnce: 500,
  });

  let pipeline: Pipeline | undefined;
  const invoke: Invoke = (...call) => {
    if (!pipeline) throw new Error('a feature called another before the server was composed');
    return pipeline.invoke(...call);
  };
  const foundation: Foundation = { ...parts, ...ids, keyRows, decide, invoke, events, now, earliestNow };
  const kms = {
    store,
    keyRows,
    material,
    importKeyPairs: createImportKeyPairs(),
    newId,
    resolver: createKeyResolver({ store, keyRows, recordsKept: config.cache.keys }),
    decide,
    lifecycle: config.lifecycle,
    privatePort: parts.privatePort,
    keysPerInstance: config.limits.keysPerInstance,
    announceEvents: events.announce,
  };
  const backups = openBackups({
    ...ids,
    store,
    barrier,
    log,
    now,
    registry: metrics.registry,
    settings: config.backup,
    directory: `${parts.dataDir.root}.backups`,
  });
  const loginCounts = createLoginCounts(store, (error) => log.warn({ err: error }, 'logins are counted later'));
  const handlers = [
    ...kmsHandlers(kms),
    ...iamHandlers({ ...ids, store, barrier, decide, signingKeys, issuer, origin, login: config.login, loginCounts, keyRows }),
    ...resourceHandlers({
      store,
      decide,
      newId,
      origin,
      createInstanceKey: material.createInstanceKey,
      region: config.region,
      forgetInstance: material.forgetInstance,
      reclamationSeconds: config.lifecycle.instanceReclamationSeconds,
    }),
    ...clockHandlers({ db: store.db, clock, wall: MACHINE.wall }),
    ...backups.handlers,
    ...more(foundation),
  ];
  requireEveryHandler(handlers);
  const authenticate = createAuthenticate({ store, signingKeys, issuer, now });
  pipeline = createPipeline(handlers, {
    store,
    auditor,
    decide,
    authenticate,
    metrics,
    rateLimit: createRateLimit(config.limits),
    now,
    newId,
  });
  const scheduler = createScheduler({
    store,
    auditor,
    clock,
    log,
    jobs: [...keyServiceJobs(kms), ...iamJobs({ barrier, newId, now, signingKeyMs: config.tokens.signingKeyDays * DAY_MS })],
    metrics: createJobMetrics(metrics.registry, () => clock.doubt() !== undefined),
    owner: newId(),
    intervalMs: config.jobs.intervalSeconds * 1000,
    leaseMs: config.jobs.leaseSeconds * 1000,
    batchSize: config.jobs.batchSize,
    confirmMs: config.clock.confirmSeconds * 1000,
  });
  return { pipeline, auditor, metrics, scheduler, backupSchedule: backups.schedule, loginCounts, recoveredRecords };
}

/** An operation that is declared but not served, or served but not declared, is a mistake that must not reach a user. */
function requireEveryHandler(handlers: readonly Handler[]): void {
  const served = new Set(handlers.map(({ operation }) => operation.name));
  const missing = OPERATIONS.filter(({ name }) => !served.has(name)).map(({ name }) => name);
  const declared = new Set(OPERATIONS.map(({ name }) => name));
  const undeclared = [...served].filter((name) => !declared.has(name));
  if (missing.length > 0) throw new Error(`operations without a handler: ${missing.join(', ')}`);
  if (undeclared.length > 0) throw new Error(`handlers of operations that are not in the list: ${undeclared.join(', ')}`);
}
