import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InputOf, InputSchemas, Operation, OutputOf } from '../../contract/operation.ts';
import { createToken } from '../../contract/tokens/create.ts';
import { API_KEY_GRANT } from '../../contract/tokens/grant.ts';
import { Barrier } from '../../crypto/barrier.ts';
import { SecretBytes } from '../../crypto/secret-bytes.ts';
import { listCheckpointWriters, readCheckpoint, writeCheckpoint } from '../../store/audit.ts';
import type { Store } from '../../store/store.ts';
import { openTestStore, type TestEngine } from '../../store/testkit/test-store.ts';
import { openAuditLog } from '../audit/audit-log.ts';
import { type Auditor, createAuditor } from '../audit/auditor.ts';
import type { BackupDeps } from '../backups/backup-deps.ts';
import { backupHandlers } from '../backups/handlers.ts';
import { createServerBackups } from '../backups/server-backup.ts';
import { type ClockGuard, type Clocks, openClockGuard } from '../clock/clock-guard.ts';
import { clockHandlers } from '../clock/handlers.ts';
import { DEFAULT_LIMITS, type LimitsConfig } from '../config/limits-config.ts';
import { DEFAULT_LOGIN, type LoginConfig } from '../config/login-config.ts';
import { createEventFeed, type EventFeed } from '../events/feed.ts';
import type { CallHost, Handler, Outcome } from '../handler.ts';
import { bootstrapAccount, type NewAccount } from '../iam/accounts/bootstrap.ts';
import { createLoginCounts, type LoginCounts } from '../iam/activity/login-counts.ts';
import { createApiKey } from '../iam/api-keys/new-key.ts';
import { createDecide } from '../iam/decide/decide.ts';
import type { Decide } from '../iam/decide/decision.ts';
import { iamHandlers } from '../iam/handlers.ts';
import type { IamDeps } from '../iam/iam-deps.ts';
import { openSigningKeys } from '../iam/signing-keys/signing-keys.ts';
import { type Authenticate, createAuthenticate } from '../iam/tokens/authenticate.ts';
import { kmsHandlers } from '../kms/handlers.ts';
import { createImportKeyPairs, type ImportKeyPairs } from '../kms/import-tokens/key-pairs.ts';
import { createKeyMaterial } from '../kms/key-material.ts';
import { createKeyResolver } from '../kms/keys/resolve-key.ts';
import type { KmsDeps } from '../kms/kms-deps.ts';
import { DEFAULT_LIFECYCLE, type LifecycleConfig } from '../lifecycle.ts';
import { createMetrics, type Metrics } from '../operate/metrics.ts';
import { openKeyRows } from '../operate/open-key-rows.ts';
import { createPipeline, type Pipeline } from '../pipeline.ts';
import { createRateLimit } from '../rate-limit/rate-limit.ts';
import { checkingAnswers } from '../reference/answer-check.ts';
import { resourceHandlers } from '../resources/handlers.ts';

const START = Date.parse('2026-01-02T03:04:05Z');
export const ORIGIN = 'http://127.0.0.1:8443';

/** A clock that only moves when a test says so. */
export interface TestClock {
  readonly now: () => number;
  readonly advance: (milliseconds: number) => void;
  /** Somebody sets the machine's clock; no time passes. */
  readonly set: (byMilliseconds: number) => void;
  readonly clocks: Clocks;
}

/** The server's own parts on a store and an audit log in a directory of their own; only the socket is missing. */
export interface TestServer extends AsyncDisposable {
  readonly store: Store;
  readonly barrier: Barrier;
  readonly clock: TestClock;
  readonly clockGuard: ClockGuard;
  readonly kms: KmsDeps;
  readonly auditor: Auditor;
  readonly pipeline: Pipeline;
  readonly decide: Decide;
  readonly authenticate: Authenticate;
  readonly iam: IamDeps;
  readonly loginCounts: LoginCounts;
  readonly events: EventFeed;
  /** The account that is there from the start, and an access token of its owner. */
  readonly account: NewAccount;
  readonly ownerApiKey: string;
  readonly ownerToken: string;
  /** A whole request: the token is authenticated, the answer is in the audit log. */
  call<I extends InputSchemas, O>(
    operation: Operation<I, O & import('typebox').TSchema>,
    token: string | undefined,
    input: Partial<InputOf<I>>,
    host?: Partial<CallHost>,
  ): Promise<Outcome<OutputOf<O>>>;
  logIn(apiKey: string): Promise<string>;
  /** Another account of this server, with its owner's token. */
  addAccount(): Promise<NewAccount & { readonly token: string }>;
  auditRecords(): Promise<Record<string, unknown>[]>;
}

export interface TestServerOptions {
  /** By default that of `engineOfTests`. */
  readonly engine?: TestEngine;
  readonly lifecycle?: Partial<LifecycleConfig>;
  /** By default a random one. */
  readonly barrierKey?: SecretBytes;
  readonly limits?: Partial<LimitsConfig>;
  readonly login?: Partial<LoginConfig>;
  readonly metrics?: Metrics;
  /** Where key pairs of import tokens come from; absent: made anew each time, which takes a second or more. */
  readonly importKeyPairs?: ImportKeyPairs;
  /** More handlers, made with what the server is made of. */
  readonly more?: (
    parts: Pick<TestServer, 'store' | 'barrier' | 'clock' | 'clockGuard' | 'decide' | 'iam' | 'kms'>,
  ) => readonly Handler[];
}

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const directory = await mkdtemp(join(tmpdir(), 'rootward-test-'));
  const store = await openTestStore(directory, options.engine);
  const barrier = new Barrier(options.barrierKey ?? SecretBytes.random(32));
  let passed = 0;
  let wallAtZero = START;
  const uptime = (): number => passed;
  const wall = (): number => wallAtZero + passed;
  const clock: TestClock = {
    now: wall,
    clocks: { wall, uptime, ticks: uptime },
    advance: (milliseconds) => {
      passed += milliseconds;
    },
    set: (byMilliseconds) => {
      wallAtZero += byMilliseconds;
    },
  };
  const clockGuard = await openClockGuard({
    store,
    clocks: clock.clocks,
    settings: { toleranceSeconds: 300, longestDowntimeSeconds: 7 * 86_400 },
    log: { info() {}, error() {} },
  });
  const { now } = clockGuard;
  const newId = randomUUID;
  const auditDirectory = join(directory, 'audit');
  const log = await openAuditLog({
    directory: auditDirectory,
    writer: 'test',
    key: barrier.deriveKey('audit'),
    clock: now,
    checkpoints: {
      write: (checkpoint) => writeCheckpoint(store.db, checkpoint),
      read: (writer) => readCheckpoint(store.db, writer),
      writers: () => listCheckpointWriters(store.db),
    },
    onFailure: (error) => {
      throw error;
    },
  });
  const auditor = createAuditor({ store, log, newId, region: 'us-south' });
  const decide = createDecide({ store });
  const signingKeys = await openSigningKeys({ store, barrier, newId, now });
  const issuer = (): string => `${ORIGIN}/identity`;
  const authenticate = createAuthenticate({ store, signingKeys, issuer, now });
  const login = { ...DEFAULT_LOGIN, ...options.login };
  const metrics = options.metrics ?? createMetrics();
  const keyRows = openKeyRows({ barrier, registry: metrics.registry, log: { error() {} } });
  // Not started: a test that asks for counts flushes them.
  const loginCounts = createLoginCounts(store, (error) => {
    throw error;
  });
  const ids = { newId, randomBytes };
  const iam: IamDeps = { ...ids, store, barrier, decide, signingKeys, issuer, origin: () => ORIGIN, login, loginCounts, keyRows };
  const material = createKeyMaterial({ store, barrier, versionsKept: 100 });
  const events = createEventFeed(store);
  const kms: KmsDeps = {
    store,
    keyRows,
    material,
    importKeyPairs: options.importKeyPairs ?? createImportKeyPairs(),
    resolver: createKeyResolver({ store, keyRows, recordsKept: 100 }),
    decide,
    lifecycle: { ...DEFAULT_LIFECYCLE, ...options.lifecycle },
    keysPerInstance: options.limits?.keysPerInstance ?? DEFAULT_LIMITS.keysPerInstance,
    privatePort: () => 15_008,
    newId,
    announceEvents: () => events.announce(),
  };
  let firstAccountId = '';
  const backups: BackupDeps = {
    store,
    barrier,
    newId,
    now,
    accountId: async () => firstAccountId,
    directory: join(directory, 'backups'),
    staleAfterHours: 26,
  };
  const handlers: Handler[] = [
    ...iamHandlers(iam),
    ...resourceHandlers({
      ...iam,
      createInstanceKey: (...of) => material.createInstanceKey(...of),
      region: 'us-south',
      forgetInstance: (guid) => material.forgetInstance(guid),
      reclamationSeconds: kms.lifecycle.instanceReclamationSeconds,
    }),
    ...kmsHandlers(kms),
    ...clockHandlers({ db: store.db, clock: clockGuard, wall }),
    ...backupHandlers(backups, createServerBackups(backups)),
    ...(options.more?.({ store, barrier, clock, clockGuard, decide, iam, kms }) ?? []),
  ];
  const unchecked = createPipeline(handlers, {
    store,
    auditor,
    decide,
    authenticate,
    metrics,
    rateLimit: createRateLimit({ ...DEFAULT_LIMITS, ...options.limits }),
    now,
    newId,
  });
  const pipeline = checkingAnswers(unchecked);

  const call: TestServer['call'] = async (operation, token, input, host) => {
    const handler = pipeline.handlers.get(operation.name);
    if (!handler) throw new Error(`no handler for ${operation.name}`);
    const outcome = await pipeline.serve(handler, {
      token,
      correlationId: newId(),
      host: { address: '127.0.0.1', agent: 'test', network: 'public', ...host },
      params: input.params ?? {},
      query: input.query ?? {},
      headers: input.headers ?? {},
      body: input.body,
    });
    return outcome as never;
  };
  const logIn = async (apikey: string): Promise<string> => {
    const { output } = await call(createToken, undefined, { body: { grant_type: API_KEY_GRANT, apikey } });
    return output.access_token;
  };
  const addOwner = async (): Promise<NewAccount & { secret: string }> =>
    store.change(['iam'], async (tx) => {
      const made = await bootstrapAccount(tx, { newId, randomBytes, now });
      const { accountId, ownerIamId: iamId } = made;
      const wanted = { iamId, accountId, name: 'owner', createdBy: iamId, now: now() };
      return { ...made, secret: (await createApiKey(tx, iam, wanted)).secret };
    });

  const { secret: ownerApiKey, ...account } = await addOwner();
  firstAccountId = account.accountId;
  return {
    store,
    barrier,
    clock,
    clockGuard,
    kms,
    auditor,
    pipeline,
    decide,
    authenticate,
    iam,
    loginCounts,
    events,
    account,
    ownerApiKey,
    ownerToken: await logIn(ownerApiKey),
    call,
    logIn,
    async addAccount() {
      const { secret, ...made } = await addOwner();
      return { ...made, token: await logIn(secret) };
    },
    auditRecords: () => readRecords(auditDirectory),
    async [Symbol.asyncDispose]() {
      await auditor.close();
      await store.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The records of every chain file, as they are on the disk. */
async function readRecords(directory: string): Promise<Record<string, unknown>[]> {
  const records: Record<string, unknown>[] = [];
  for (const name of (await readdir(directory)).sort()) {
    for (const line of (await readFile(join(directory, name), 'utf8')).split('\n')) {
      if (line === '') continue;
      const record = JSON.parse(line) as Record<string, unknown>;
      // The first line of a file is its header.
      if ('id' in record) records.push(record);
    }
  }
  return records;
}
