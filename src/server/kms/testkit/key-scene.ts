import { createInstance } from '../../../contract/instances/create.ts';
import { createKey } from '../../../contract/keys/creation/create.ts';
import { deleteKey } from '../../../contract/keys/delete.ts';
import { disableKey } from '../../../contract/keys/disable.ts';
import { KEY_TYPE, type Key } from '../../../contract/keys/key.ts';
import type { KeyState } from '../../../contract/keys/key-states.ts';
import { readKeyMetadata } from '../../../contract/keys/metadata.ts';
import { unwrapDek } from '../../../contract/keys/use/unwrap.ts';
import { wrapDek } from '../../../contract/keys/use/wrap.ts';
import type { InputOf, InputSchemas, Operation, OutputOf } from '../../../contract/operation.ts';
import type { Outcome } from '../../handler.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../../testkit/test-server.ts';

const TIERED_PRICING = 'eedd3585-90c6-4c8f-be3d-062069e99fc3';
export const LIFETIME_MS = 60_000;

type Unwrapped = OutputOf<NonNullable<(typeof unwrapDek)['output']>>;

/** A server with one KMS instance, and the owner's ways to its keys. */
export interface KeyScene extends AsyncDisposable {
  readonly server: TestServer;
  readonly headers: { readonly 'bluemix-instance': string };
  /** As the owner. `body` may be absent. */
  call<I extends InputSchemas, O>(
    operation: Operation<I, O & import('typebox').TSchema>,
    id: string,
    input?: {
      readonly params?: object;
      readonly query?: object;
      readonly body?: unknown;
      readonly headers?: object;
      readonly token?: string;
    },
  ): Promise<Outcome<OutputOf<O>>>;
  /** Moves the clock; the owner logs in again, for a token lives an hour. */
  advance(milliseconds: number): Promise<void>;
  addKey(fields?: object): Promise<Key>;
  /** A root key in the given state, and a ciphertext that it had made before. */
  keyIn(state: KeyState): Promise<{ id: string; ciphertext: string }>;
  wrap(id: string, plaintext?: string, aad?: readonly string[]): Promise<string>;
  unwrap(id: string, ciphertext: string, aad?: readonly string[]): Promise<Unwrapped>;
  metadata(id: string): Promise<Key>;
}

export async function openKeyScene(options: TestServerOptions = {}): Promise<KeyScene> {
  const server = await startTestServer(options);
  const body = {
    name: 'keys',
    target: 'us-south',
    resource_group: server.account.resourceGroupId,
    resource_plan_id: TIERED_PRICING,
  };
  const { output: instance } = await server.call(createInstance, server.ownerToken, { body });
  const headers = { 'bluemix-instance': instance.guid };
  let token = server.ownerToken;

  const call: KeyScene['call'] = (operation, id, input = {}) =>
    server.call(operation, input.token ?? token, {
      params: { id, ...input.params },
      query: input.query ?? {},
      headers: { ...headers, ...input.headers },
      body: input.body,
    } as unknown as Partial<InputOf<InputSchemas>> as never);

  const addKey: KeyScene['addKey'] = async (fields = {}) => {
    const resources = [{ type: KEY_TYPE, name: 'a key', extractable: false, ...fields }];
    const { output } = await server.call(createKey, token, {
      headers,
      body: { metadata: { collectionType: KEY_TYPE, collectionTotal: 1 }, resources },
    });
    return first(output);
  };
  const wrap: KeyScene['wrap'] = async (id, plaintext = 'AAAA', aad = []) =>
    (await call(wrapDek, id, { body: { plaintext, aad } })).output.ciphertext;

  return {
    server,
    headers,
    call,
    async advance(milliseconds) {
      server.clock.advance(milliseconds);
      token = await server.logIn(server.ownerApiKey);
    },
    addKey,
    wrap,
    unwrap: async (id, ciphertext, aad = []) => (await call(unwrapDek, id, { body: { ciphertext, aad } })).output,
    metadata: async (id) => first((await call(readKeyMetadata, id)).output),
    async keyIn(state) {
      const expirationDate = new Date(server.clock.now() + LIFETIME_MS).toISOString();
      const { id } = await addKey(state === 3 ? { expirationDate } : {});
      const ciphertext = await wrap(id);
      if (state === 2) await call(disableKey, id);
      if (state === 3) server.clock.advance(LIFETIME_MS);
      if (state === 5) await call(deleteKey, id);
      return { id, ciphertext };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

export function first<T>(answer: { readonly resources: readonly T[] }): T {
  const [resource] = answer.resources;
  if (resource === undefined) throw new Error('the answer has no resource');
  return resource;
}
