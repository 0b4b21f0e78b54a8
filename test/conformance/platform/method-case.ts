import type { TSchema } from 'typebox';
import type { PublishedClient } from './clients.ts';
import type { RefusalForm } from './common-shapes.ts';
import type { Scene } from './scene.ts';

export type Caller = 'owner' | 'other' | 'nobody';
export type Arguments = (scene: Scene) => Promise<Readonly<Record<string, unknown>>>;

/** One right call of a method, and one that the server has to refuse. */
export interface MethodCase {
  readonly right: {
    readonly arguments: Arguments;
    readonly status: 200 | 201 | 202 | 204 | 207;
    /** `none`: no body at all. */
    readonly shape: TSchema | 'none';
    /** Headers that have to be there, with their forms. */
    readonly headers?: Readonly<Record<string, RegExp>>;
  };
  readonly wrong: {
    readonly arguments: Arguments;
    /** Who calls, if not the owner of the account: the owner of another one, or somebody whose token is none. */
    readonly as?: Caller;
    readonly status: number;
    /** What the refusal says to programs; `none`: the answer to a HEAD, which has no body. */
    readonly code: string;
    /** Where it is not the form of the client's other methods. */
    readonly form?: RefusalForm;
  };
}

/** A published client, and what is claimed of each of its methods. */
export interface ClientCases {
  readonly name: string;
  readonly published: PublishedClient;
  readonly refusals: RefusalForm;
  readonly cases: Readonly<Record<string, MethodCase>>;
  /** Methods that do not exist here. */
  readonly elsewhere: Readonly<Record<string, Elsewhere>>;
}

/** Why a method does not exist here, and how a call of it is refused. */
export interface Elsewhere {
  readonly reason: string;
  /** Absent: what is plausible for each parameter that it does not go without. */
  readonly arguments?: Arguments;
  /** Absent: as an address that leads nowhere, or as what is not supported. */
  readonly refusal?: { readonly status: number; readonly code: string };
}

/** `a b c` as methods that do not exist here for one reason. */
export function elsewhere(reason: string, methods: string): Record<string, Elsewhere> {
  return Object.fromEntries(
    methods
      .trim()
      .split(/\s+/)
      .map((method) => [method, { reason }]),
  );
}
