import type { TOptional, TSchema } from 'typebox';
import type { InputOf, InputSchemas } from '../contract/operation.ts';

/** A part of the input may be left out where everything in it is optional. */
type Given<Name extends string, Value> =
  Record<never, never> extends Value ? { readonly [N in Name]?: Value } : { readonly [N in Name]: Value };

type GivenBody<I extends InputSchemas> =
  I['body'] extends TOptional<TSchema>
    ? { readonly body?: InputOf<I>['body'] }
    : I['body'] extends TSchema
      ? { readonly body: InputOf<I>['body'] }
      : { readonly body?: undefined };

/** What a caller hands to `call`: the operation's input, without the parts that carry nothing. */
export type CallInput<I extends InputSchemas> = Given<'params', InputOf<I>['params']> &
  Given<'query', InputOf<I>['query']> &
  Given<'headers', InputOf<I>['headers']> &
  GivenBody<I>;

/** The same without its types: what a program fills from words and flags. */
export interface LooseInput {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}
