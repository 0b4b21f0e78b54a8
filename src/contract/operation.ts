import type { Static, TObject, TSchema } from 'typebox';
import type { Action } from './actions.ts';
import type { ErrorCode } from './errors.ts';

/** Whose wire format an operation speaks: decides the shape of its error bodies and its path prefixes. */
export type Api = 'key-protect' | 'iam' | 'resource-controller' | 'containers' | 'rootward';

export interface HttpBinding {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  /** Fastify's path syntax: `/api/v2/keys/:id`. */
  readonly path: string;
  /** Other addresses under which published clients look for the same thing. */
  readonly aliases?: readonly string[];
  /** 207: the answer says what became of each thing by itself. */
  readonly success: 200 | 201 | 202 | 204 | 207;
  /** The body is `application/x-www-form-urlencoded` instead of JSON. */
  readonly form?: true;
  /** An older address of several operations: the value of this query parameter names the one that serves the request. */
  readonly chosenBy?: { readonly parameter: string; readonly operations: Readonly<Record<string, string>> };
}

/** The four places a request carries input in; each is an object schema, or absent. */
export interface InputSchemas {
  readonly params?: TObject;
  readonly query?: TObject;
  readonly headers?: TObject;
  readonly body?: TSchema;
}

type Part<S> = S extends TSchema ? Static<S> : Record<never, never>;

/** The checked input of an operation. Header names are lower case. */
export interface InputOf<I extends InputSchemas> {
  readonly params: Part<I['params']>;
  readonly query: Part<I['query']>;
  readonly headers: Part<I['headers']>;
  readonly body: I['body'] extends TSchema ? Static<I['body']> : undefined;
}

/** How the command line offers an operation. `noun` and `verb` are the words that people know from `ibmcloud`. */
export interface CliBinding {
  /** `kp key create` → ['kp', 'key', 'create']. */
  readonly command: readonly string[];
  /** Positional arguments, in order, as dotted input places: `params.id`, `body.name`. */
  readonly arguments?: readonly string[];
  /** Flags: commander's syntax → the dotted input place that the value goes to. */
  readonly options?: Readonly<Record<string, { readonly into: string; readonly help: string }>>;
}

export interface Operation<I extends InputSchemas = InputSchemas, O extends TSchema = TSchema> {
  /** `<feature>.<verb>`: the feature is the folder's name in every room. */
  readonly name: `${string}.${string}`;
  readonly api: Api;
  readonly http: HttpBinding;
  /** What IAM decides; `public` needs no token. */
  readonly action: Action | 'public';
  /** The audit event's name where it is not the action's. */
  readonly auditAs?: string;
  /** True: runs in one transaction together with its audit record. */
  readonly mutates: boolean;
  /** Successes leave no audit record: for the polls of plugin and agent, which say nothing new. Refusals always do. */
  readonly quiet?: true;
  readonly input: I;
  /** `undefined`: the reply has no body. */
  readonly output: O | undefined;
  /** Dotted places in input and output that hold secrets: they never reach a log, an audit record or an error. */
  readonly sensitive: readonly string[];
  readonly errors: readonly ErrorCode[];
  readonly cli?: CliBinding;
  /** One line for people; heads the CLI help and the reference page. */
  readonly summary: string;
}

/** Declares an operation; the types of its input and output follow from its schemas. */
export function defineOperation<const I extends InputSchemas, O extends TSchema>(operation: Operation<I, O>): Operation<I, O> {
  return operation;
}

/** What an operation answers; `undefined` where it has no body. */
export type OutputOf<O> = O extends TSchema ? Static<O> : undefined;
