import type { TSchema } from 'typebox';
import type { RootwardError } from '../contract/errors.ts';
import type { InputOf, InputSchemas, Operation, OutputOf } from '../contract/operation.ts';
import type { Topic, Tx } from '../store/store.ts';
import type { Principal } from './principal.ts';
import type { Target } from './target.ts';

/** Where a request comes from. */
export interface CallHost {
  readonly address: string;
  readonly agent: string;
  /** `private`: by the private listener, by the socket for companions, or from inside the server. */
  readonly network: 'public' | 'private';
}

/** One request, after authentication and validation. */
export interface Call<I extends InputSchemas> {
  readonly principal: Principal;
  readonly input: InputOf<I>;
  readonly correlationId: string;
  /** The instant at which the request was accepted, in ms since 1970; rules use this one, never the clock. */
  readonly now: number;
  readonly host: CallHost;
  /**
   * Throws unless every key and every authorization is still as it was when this call was resolved and decided. A handler asks right
   * before it uses key material, after everything that it had to wait for; the pipeline then begins anew.
   */
  readonly mustBeCurrent: () => void;
}

/**
 * What `resolve` found. If `missing` is set, it is thrown after the decision about `target`, so that nobody learns of what they may
 * not see. `metered` is the instance that wants its requests counted; `audit` names the record of a refusal.
 */
export type Resolved<R> = {
  readonly target: Target;
  readonly metered?: string | undefined;
  readonly audit?: Pick<AuditFacts, 'action' | 'initiator'>;
} & ({ readonly record: R; readonly missing?: undefined } | { readonly missing: RootwardError });

/** What the audit record says beside who did what to which target. Only allow-listed names reach the log. */
export interface AuditFacts {
  /** The event's name where it depends on what was done: an acknowledgement is named by what it acknowledges. */
  readonly action?: string;
  /** Who asked, where that is known only from the request itself: at a login. */
  readonly initiator?: Principal;
  /** What was done to what, where that is known only afterwards: at a login. */
  readonly target?: Target;
  readonly requestData?: Readonly<Record<string, unknown>>;
  readonly responseData?: Readonly<Record<string, unknown>>;
}

export interface Outcome<T> {
  readonly output: T;
  readonly audit?: AuditFacts;
  /** Response headers beside the standard ones. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Where one operation has two success codes (delete with and without representation). */
  readonly status?: 200 | 201 | 202 | 204 | 207;
  /** Runs after the commit and the audit record, before the reply: wakes listeners. It must not fail. */
  readonly after?: () => void;
}

/** The server's half of an operation. `run` of a mutating operation gets the transaction that also carries its audit record. */
export interface Handler<I extends InputSchemas = InputSchemas, O extends TSchema = TSchema, R = unknown> {
  readonly operation: Operation<I, O>;
  /** What it changes in the store beside the topics of its API. */
  readonly topics?: readonly Topic[];
  /** Only reads. It may run again, and while every change waits for it. */
  resolve(call: Call<I>): Promise<Resolved<R>> | Resolved<R>;
  allow?(call: Call<I>, record: R, before: R | undefined): void;
  prepare?(call: Call<I>, record: R): Promise<unknown>;
  run(call: Call<I>, record: R, tx: Tx | undefined, prepared: unknown): Promise<Outcome<OutputOf<O>>> | Outcome<OutputOf<O>>;
}

type ReadHalves<I extends InputSchemas, O extends TSchema, R> = {
  resolve(call: Call<I>): Promise<Resolved<R>> | Resolved<R>;
  /**
   * Throws unless the record, as it is, allows the operation. Asked before `run`, and once more with the newest record if keys or
   * authorizations changed until the answer leaves; `before` is then the record that `run` had.
   */
  allow?(call: Call<I>, record: R, before: R | undefined): void;
  run(call: Call<I>, record: R): Promise<Outcome<OutputOf<O>>> | Outcome<OutputOf<O>>;
};
type ChangeHalves<I extends InputSchemas, O extends TSchema, R, P> = {
  readonly topics?: readonly Topic[];
  resolve(call: Call<I>): Promise<Resolved<R>> | Resolved<R>;
  /** Makes what takes longer than other changes can wait, for a caller who is allowed the change; the change then gets it. */
  prepare?(call: Call<I>, record: R): Promise<P>;
  change(call: Call<I>, record: R, tx: Tx, prepared: P): Promise<Outcome<OutputOf<O>>>;
};

/** Joins an operation with its server half. Its result is all that the pipeline needs. */
export function handle<I extends InputSchemas, O extends TSchema, R, P = undefined>(
  operation: Operation<I, O>,
  halves: ReadHalves<I, O, R> | ChangeHalves<I, O, R, P>,
): Handler {
  const handler: Handler<I, O, R> = {
    operation,
    resolve: halves.resolve,
    ...('change' in halves && halves.topics && { topics: halves.topics }),
    ...('run' in halves && halves.allow && { allow: halves.allow }),
    ...('change' in halves && halves.prepare && { prepare: halves.prepare }),
    run(call, record, tx, prepared) {
      if ('run' in halves) return halves.run(call, record);
      if (!tx) throw new Error(`${operation.name} changes the store and needs a transaction`);
      // What `prepare` has made, where there is one.
      return halves.change(call, record, tx, prepared as P);
    },
  };
  // The pipeline checks input against the operation's own schemas before it calls, so the wider type is safe here.
  return handler as unknown as Handler;
}
