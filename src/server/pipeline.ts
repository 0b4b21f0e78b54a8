import type { ErrorCode } from '../contract/errors.ts';
import { RootwardError } from '../contract/errors.ts';
import type { InputOf, InputSchemas, Operation, OutputOf } from '../contract/operation.ts';
import type { Store, Topic } from '../store/store.ts';
import type { Auditor } from './audit/auditor.ts';
import type { Call, Handler, Outcome, Resolved } from './handler.ts';
import type { Decide } from './iam/decide/decision.ts';
import type { Metrics } from './operate/metrics.ts';
import { ANONYMOUS, type Principal } from './principal.ts';
import { type Check, compileCheck, type RawInput } from './validate.ts';

export interface RawRequest extends RawInput {
  /** The bearer token, if the request carried one. */
  readonly token: string | undefined;
  readonly correlationId: string;
  readonly host: { readonly address: string; readonly agent: string };
}

export interface PipelineDeps {
  readonly store: Store;
  readonly auditor: Auditor;
  readonly decide: Decide;
  readonly authenticate: (token: string | undefined) => Principal | Promise<Principal>;
  readonly metrics: Metrics;
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
    prepared.set(name, { handler, check: compileCheck(handler.operation), topics: topicsOf(handler.operation) });
  }
  const find = (name: string): Prepared => {
    const found = prepared.get(name);
    if (!found) throw new Error(`operation ${name} has no handler`);
    return found;
  };

  async function serve(handler: Handler, request: RawRequest): Promise<Outcome<unknown>> {
    const started = deps.now();
    const step = find(handler.operation.name);
    const trace: Trace = { request, principal: ANONYMOUS, started };
    try {
      if (handler.operation.action !== 'public') {
        const principal = deps.authenticate(request.token);
        trace.principal = principal instanceof Promise ? await principal : principal;
      }
      return await answer(step, trace);
    } catch (error) {
      throw await refused(step, trace, error);
    }
  }

  async function answer({ handler, check, topics }: Prepared, trace: Trace): Promise<Outcome<unknown>> {
    const { operation } = handler;
    const { request, principal, started: now } = trace;
    const input = check(request);
    const call: Call<InputSchemas> = { principal, input, correlationId: request.correlationId, now, host: request.host };
    trace.call = call;
    // What is in memory is answered at once; each needless turn of the microtask queue is felt on the hot path.
    const found = handler.resolve(call);
    const resolved = found instanceof Promise ? await found : found;
    trace.resolved = resolved;
    if (operation.action !== 'public') {
      const decided = deps.decide(principal, operation.action, resolved.target);
      const decision = decided instanceof Promise ? await decided : decided;
      if (!decision.allowed) throw new RootwardError('ACTION_DENIED', { cause: decision.reason });
    }
    if (resolved.missing) throw resolved.missing;
    if (operation.mutates) return await change(handler, topics, call, resolved, trace);
    const made = handler.run(call, resolved.record, undefined);
    const outcome = made instanceof Promise ? await made : made;
    if (!operation.quiet) await deps.auditor.append(deps.auditor.success(operation, call, resolved.target, outcome));
    deps.metrics.observe(operation.name, outcome.status ?? operation.http.success, deps.now() - trace.started);
    outcome.after?.();
    return outcome;
  }

  async function change(
    handler: Handler,
    topics: readonly Topic[],
    call: Call<InputSchemas>,
    resolved: Extract<Resolved<unknown>, { missing?: undefined }>,
    trace: Trace,
  ): Promise<Outcome<unknown>> {
    const { operation } = handler;
    const { outcome, record } = await deps.store.change(topics, async (tx) => {
      const made = await handler.run(call, resolved.record, tx);
      const written = deps.auditor.success(operation, call, resolved.target, made);
      await deps.auditor.outbox(tx, written);
      return { outcome: made, record: written };
    });
    // The change is durable and so is its record; what is still to do is to bring the record into the chain.
    await deps.auditor.settle(record);
    deps.metrics.observe(operation.name, outcome.status ?? operation.http.success, deps.now() - trace.started);
    outcome.after?.();
    return outcome;
  }

  /** Records a refusal and gives back the error that the caller may see. */
  async function refused({ handler }: Prepared, trace: Trace, error: unknown): Promise<RootwardError> {
    const shown = error instanceof RootwardError ? error : new RootwardError('INTERNAL', { cause: error });
    deps.metrics.observe(handler.operation.name, shown.row.http, deps.now() - trace.started);
    if (isAuditFailure(shown.code)) return shown;
    try {
      await deps.auditor.append(deps.auditor.failure(handler.operation, trace, shown));
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
      host: { address: '127.0.0.1', agent: 'rootward' },
      params: input.params ?? {},
      query: input.query ?? {},
      headers: input.headers ?? {},
      body: input.body,
    };
    const trace: Trace = { request, principal, started: deps.now() };
    try {
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
  call?: Call<InputSchemas>;
  resolved?: Resolved<unknown>;
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
