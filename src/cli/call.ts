import type { Operation } from '../contract/operation.ts';
import type { Io } from './io.ts';
import type { Format } from './output/print.ts';
import type { View } from './output/view.ts';
import type { Input } from './place.ts';
import type { Session } from './session/session.ts';

/** One run of a command that calls an operation. */
export interface Call {
  readonly io: Io;
  readonly session: Session;
  /** Every flag as the parser read it, by its camel-case name. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly input: Input;
  readonly format: Format;
  readonly quiet: boolean;
}

/** What a command does beyond calling its operation. */
export interface Extension {
  /** Flags that fill further places of the input. */
  readonly options?: NonNullable<Operation['cli']>['options'];
  /** Flags that only this command line knows: syntax → help. */
  readonly flags?: Readonly<Record<string, string>>;
  readonly before?: (call: Call) => Promise<void> | void;
  /** What is shown instead of the operation's own answer; undefined: it has been shown already. */
  readonly after?: (call: Call, answer: unknown) => Promise<Shown | undefined>;
  /** Said on stderr when it is done and there is nothing to show. */
  readonly done?: string;
}

export interface Shown {
  readonly answer: unknown;
  readonly view?: View | undefined;
}
