import type { ErrorCode } from '../contract/errors.ts';
import { RootwardError } from '../contract/errors.ts';
import type { InputOf, InputSchemas, Operation, OutputOf } from '../contract/operation.ts';
import type { Store, Topic, Tx } from '../store/store.ts';
import type { Auditor } from './audit/auditor.ts';
import { keyProtectStatus } from './error-bodies/key-protect.ts';
import type { Call, CallHost, Handler, Outcome, Resolved } from './handler.ts';
import type { Decide, Decision } from './iam/decide/decision.ts';
import type { Metrics } from './operate/metrics.ts';
import { ANONYMOUS, type Principal } from './principal.ts';
import type { RateLimit } from './rate-limit/rate-limit.ts';
import { type Check, compileCheck, type RawInput } from './validate.ts';

export interface RawRequest extends RawInput {
  /** The bearer token, if the request carried one. */
  readonly token: string | undefined;
  /** The connection that the request came by; absent: it came by none. */
  readonly connection?: object;
  readonly correlationId: string;
  readonly host: CallHost;
}

export interface PipelineDeps {
  readonly store: Store;
  readonly auditor: Auditor;
  readonly decide: Decide;
  readonly authenticate: (token: string | undefined, connection?: object) => Principal | Promise<Principal>;
  readonly metrics: Metrics;
  /** Absent: everybody may ask as often as they like. */
  readonly rateLimit?: RateLimit | undefined;
  readonly now: () => number;
  readonly newId: () => string;
}

/** Calls an operation as `principal`, through the same checks, decision and audit as a request from outside. */
export type Invoke = <I extends InputSchemas, O>(
  operation: Operation<I, O & import('typebox').TSchema>,
  principal: Principal,
  input: Partial<InputOf<I>>,
  correlationId?: string,
) => Promise<OutputOf<O>>;

export interface Pipeline {
  readonly handlers: ReadonlyMap<string, Handler>;
  serve(handler: Handler, request: RawRequest): Promise<Outcome<unknown>>;
  invoke: Invoke;
}

interface Prepared {
  readonly handler: Handler;
  readonly check: Check<InputSchemas>;
  readonly topics: readonly Topic[];
}

/**
 * The way of every request: authenticate → validate → resolve → authorize → run → audit. There is no other way to reach a
 * handler, so none of them can skip the decision or the record.
 */
export function createPipeline(handlers: readonly Handler[], deps: PipelineDeps): Pipeline {
  const prepared = new Map<string, Prepared>();
  for (const handler of handlers) {
    const { name } = handler.operation;
    if (prepared.has(name)) throw new Error(`operation ${name} has two handlers`);
    prepared.set(name, {
      handler,
      check: compileCheck(handler.operation),
      topics: [...topicsOf(handler.operation), ...(handler.topics ?? [])],
    });
  }
  const find = (name: string): Prepared => {
    const found = prepared.get(name);
    if (!found) throw new Error(`operation ${name} has no handler`);
    return found;
  };

  /** Moves with every committed change of keys or IAM, before that change is acknowledged. */
  const generation = (): number => deps.store.generation('keys') + deps.store.generation('iam');
  const generationOfIam = (): number => deps.store.generation('iam');

  async function serve(handler: Handler, request: RawRequest): Promise<Outcome<unknown>> {
    const step = find(handler.operation.name);
    const trace: Trace = { request, principal: ANONYMOUS, started: deps.now(), seen: generation(), seenIam: generationOfIam() };
    try {
      if (!handler.operation.quiet) deps.auditor.admit(handler.operation);
      if (handler.operation.action !== 'public') {
        const principal = deps.authenticate(request.token, request.connection);
        trace.principal = principal instanceof Promise ? await principal : principal;
        if (deps.rateLimit) deps.rateLimit(trace.principal, request.headers['bluemix-instance'], trace.started);
      }
      return await answer(step, trace);
    } catch (error) {
      throw await refused(step, trace, error);
    }
  }

  async function answer({ handler, check, topics }: Prepared, trace: Trace): Promise<Outcome<unknown>> {
    const { operation } = handler;
    const input = check(trace.request);
    const call = callOf(trace, input);
    if (operation.mutates) {
      const permitted = permit(handler, call, trace);
      return await change(handler, topics, call, permitted instanceof Promise ? await permitted : permitted, trace, input);
    }
    // What is in memory may be from before another replica's change.
    if (operation.action !== 'public') deps.store.mustBeInStep();
    const tried = operation.api === 'key-protect' ? use(handler, input, call, trace) : run(handler, call, trace);
    const { permitted, outcome } = tried instanceof Promise ? await tried : tried;
    if (!operation.quiet) await deps.auditor.append(deps.auditor.success(operation, call, permitted.target, outcome));
    if (operation.api === 'key-protect') deps.store.mustBeInStep();
    if (operation.api === 'key-protect' && generation() !== trace.seen) await confirm(handler, input, permitted.record, trace);
    measure(operation, outcome.status ?? operation.http.success, trace);
    outcome.after?.();
    return outcome;
  }

  function callOf(trace: Trace, input: InputOf<InputSchemas>): Call<InputSchemas> {
    const { principal, request, started: now } = trace;
    const mustBeCurrent = (): void => {
      deps.store.mustBeInStep();
      if (generation() !== trace.seen) throw new RootwardError('REPLICA_BEHIND');
    };
    return { principal, input, correlationId: request.correlationId, now, host: request.host, mustBeCurrent };
  }

  /** Resolve → authorize → does the record allow it. What is in memory is answered at once; each needless turn of the microtask queue is felt on the hot path. */
  function permit(handler: Handler, call: Call<InputSchemas>, trace: Trace, before?: unknown): Permitted | Promise<Permitted> {
    const found = handler.resolve(call);
    return found instanceof Promise
      ? found.then((resolved) => decideOn(handler, call, trace, resolved, before))
      : decideOn(handler, call, trace, found, before);
  }

  function decideOn(handler: Handler, call: Call<InputSchemas>, trace: Trace, resolved: Resolved<unknown>, before: unknown) {
    trace.resolved = resolved;
    const { action } = handler.operation;
    const pass = (decision: Decision | undefined): Permitted => {
      if (decision?.allowed === false) throw new RootwardError('ACTION_DENIED', { cause: decision.reason });
      if (resolved.missing) throw resolved.missing;
      handler.allow?.(call, resolved.record, before);
      return resolved;
    };
    if (action === 'public') return pass(undefined);
    const decided = deps.decide(call.principal, action, resolved.target);
    return decided instanceof Promise ? decided.then(pass) : pass(decided);
  }

  function run(handler: Handler, call: Call<InputSchemas>, trace: Trace, guarded = false): Ran | Promise<Ran> {
    const go = (permitted: Permitted): Ran | Promise<Ran> => {
      if (guarded) call.mustBeCurrent();
      const made = handler.run(call, permitted.record, undefined, undefined);
      return made instanceof Promise ? made.then((outcome) => ({ permitted, outcome })) : { permitted, outcome: made };
    };
    const permitted = permit(handler, call, trace);
    return permitted instanceof Promise ? permitted.then(go) : go(permitted);
  }

  /**
   * The invariant of key use: key material is used, and an answer made with it leaves, only while the key's state and the decision
   * are those of a moment after the last acknowledged change. A change moves the generation before it is acknowledged. So the
   * generation is read before anything is read, and compared right before the key is used (`mustBeCurrent`) and once more when the
   * audit record is durable (`confirm`): two additions and a comparison where nothing changed. Where something did, everything is
   * read and decided anew while no change can come between. A replica that may have missed another one's change for too long does
   * not try: it refuses (`mustBeInStep`).
   */
  function use(handler: Handler, input: InputOf<InputSchemas>, call: Call<InputSchemas>, trace: Trace): Ran | Promise<Ran> {
    const again = (error: unknown): Promise<Ran> => {
      if (!(error instanceof RootwardError && error.code === 'REPLICA_BEHIND')) throw error;
      deps.store.mustBeInStep();
      return deps.store.withoutChanges(async () => await run(handler, await renew(input, trace), trace, true));
    };
    try {
      const ran = run(handler, call, trace, true);
      return ran instanceof Promise ? ran.catch(again) : ran;
    } catch (error) {
      return again(error);
    }
  }

  /** Throws, and so withholds the result, if what was allowed when the key was used is refused by now. */
  async function confirm(handler: Handler, input: InputOf<InputSchemas>, before: unknown, trace: Trace): Promise<void> {
    await deps.store.withoutChanges(async () => permit(handler, await renew(input, trace), trace, before));
  }

  /** The same call as of now, by a caller whose token is still good. */
  async function renew(input: InputOf<InputSchemas>, trace: Trace): Promise<Call<InputSchemas>> {
    trace.seen = generation();
    trace.seenIam = generationOfIam();
    // A call from inside has no token; who it acts for is given.
    if (trace.request.token !== undefined) trace.principal = await deps.authenticate(trace.request.token);
    return callOf(trace, input);
  }

  async function change(
    handler: Handler,
    topics: readonly Topic[],
    call: Call<InputSchemas>,
    permitted: Permitted,
    trace: Trace,
    input: InputOf<InputSchemas>,
  ): Promise<Outcome<unknown>> {
    const { operation } = handler;
    const prepared = handler.prepare && (await handler.prepare(call, permitted.record));
    let now = { call, permitted };
    const work = async (tx: Tx) => {
      const made = await handler.run(now.call, now.permitted.record, tx, prepared);
      const written = deps.auditor.success(operation, now.call, now.permitted.target, made);
      await deps.auditor.outbox(tx, written);
      return { outcome: made, record: written };
    };
    // What a change finds in its rows it reads in its transaction. Whether its caller may make it is decided here, if that may have
    // changed while the change waited for its turn; and anything may have changed while a handler prepared itself.
    const { outcome, record } = await deps.store.change(topics, work, async () => {
      if (handler.prepare ? generation() === trace.seen : generationOfIam() === trace.seenIam) return;
      const renewed = await renew(input, trace);
      now = { call: renewed, permitted: await permit(handler, renewed, trace) };
    });
    // The change is durable and so is its record. Whether the record gets into the chain now or later, listeners have to know.
    await deps.auditor.settle(record);
    measure(operation, outcome.status ?? operation.http.success, trace);
    outcome.after?.();
    return outcome;
  }

  /** Counts a finished request, also for its instance where that wants it: there by the status that its caller sees. */
  function measure(operation: Operation, status: number, trace: Trace, shownStatus = status): void {
    const took = deps.now() - trace.started;
    deps.metrics.observe(operation.name, status, took);
    const instance = trace.resolved?.metered;
    if (instance !== undefined) deps.metrics.observeInstance(instance, operation.auditAs ?? operation.action, shownStatus, took);
  }

  /** Records a refusal and gives back the error that the caller may see. */
  async function refused({ handler }: Prepared, trace: Trace, error: unknown): Promise<RootwardError> {
    const shown = error instanceof RootwardError ? error : new RootwardError('INTERNAL', { cause: error });
    measure(handler.operation, shown.row.http, trace, keyProtectStatus(shown));
    if (isAuditFailure(shown.code)) return shown;
    try {
      await deps.auditor.refuse(handler.operation, trace, shown);
    } catch (failure) {
      // Nothing was changed or handed out, so the refusal stands; but the caller learns that it is not on record.
      return failure instanceof RootwardError ? failure : new RootwardError('AUDIT_UNAVAILABLE', { cause: failure });
    }
    return shown;
  }

  const invoke: Invoke = async (operation, principal, input, correlationId = deps.newId()) => {
    const step = find(operation.name);
    const request: RawRequest = {
      token: undefined,
      correlationId,
      host: { address: '127.0.0.1', agent: 'rootward', network: 'private' },
      params: input.params ?? {},
      query: input.query ?? {},
      headers: input.headers ?? {},
      body: input.body,
    };
    const trace: Trace = { request, principal, started: deps.now(), seen: generation(), seenIam: generationOfIam() };
    try {
      if (!operation.quiet) deps.auditor.admit(operation);
      return (await answer(step, trace)).output as never;
    } catch (error) {
      throw await refused(step, trace, error);
    }
  };

  return { handlers: new Map([...prepared].map(([name, { handler }]) => [name, handler])), serve, invoke };
}

/** What is known of a request so far; a refusal is recorded with as much of it as there is. */
export interface Trace {
  readonly request: RawRequest;
  principal: Principal;
  readonly started: number;
  /** The generation of keys and IAM before anything of them was read. */
  seen: number;
  /** That of IAM alone. */
  seenIam: number;
  resolved?: Resolved<unknown>;
}

type Permitted = Extract<Resolved<unknown>, { missing?: undefined }>;

interface Ran {
  readonly permitted: Permitted;
  readonly outcome: Outcome<unknown>;
}

function isAuditFailure(code: ErrorCode): boolean {
  return code === 'AUDIT_UNAVAILABLE';
}

function topicsOf(operation: Operation): readonly Topic[] {
  if (operation.api === 'key-protect') return ['keys'];
  if (operation.api === 'resource-controller') return ['keys', 'iam'];
  if (operation.api === 'iam') return ['iam'];
  return ['clusters'];
}
