import { CallFailure, type Direction, failureOf } from '../lease/call-failure.ts';
import type { Breaker } from './breaker.ts';
import type { Login } from './login.ts';
import type { ServerAnswer, ServerConnection } from './server-connection.ts';

/** A root key, by where it lives. */
export interface RootKeyRef {
  readonly instanceId: string;
  readonly rootKeyId: string;
}

export interface Wrapped {
  /** The key service's ciphertext, base64. */
  readonly ciphertext: string;
  readonly keyVersionId: string;
}

/** Wrap and unwrap by a root key. Both throw CallFailure. The caller zeroes what unwrap returns. */
export interface KeyService {
  readonly wrap: (key: RootKeyRef, plaintext: Buffer, aad: readonly string[], timeoutMs: number) => Promise<Wrapped>;
  readonly unwrap: (key: RootKeyRef, ciphertext: string, aad: readonly string[], timeoutMs: number) => Promise<Buffer>;
}

interface Exchange {
  readonly direction: Direction;
  readonly key: RootKeyRef;
  readonly body: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
}

/** The key service over HTTP. `onUnauthorized` hears of every 401 that a new token does not cure. */
export function createKeyService(deps: {
  readonly connection: ServerConnection;
  readonly login: Login;
  readonly breaker: Breaker;
  readonly serverId: string;
  readonly onUnauthorized: () => void;
  readonly onCall: (direction: Direction, outcome: string) => void;
}): KeyService {
  const post = async ({ direction, key, body, timeoutMs }: Exchange): Promise<ServerAnswer> => {
    const send = async (token: string): Promise<ServerAnswer> =>
      await deps.connection.post({
        path: `/api/v2/keys/${key.rootKeyId}/actions/${direction}`,
        headers: { authorization: `Bearer ${token}`, 'bluemix-instance': key.instanceId, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        timeoutMs,
      });
    const token = await deps.login.token();
    const answer = await send(token);
    if (answer.status !== 401 || answer.serverId !== deps.serverId || !deps.login.refused(token)) return answer;
    return await send(await deps.login.token());
  };

  const call = async (exchange: Exchange): Promise<Record<string, unknown>> => {
    try {
      const answer = await deps.breaker.run(() => post(exchange), failed(exchange.direction));
      deps.onCall(exchange.direction, 'ok');
      return answer;
    } catch (error) {
      if (error instanceof CallFailure) {
        deps.onCall(exchange.direction, error.kind);
        if (error.kind === 'unauthorized') deps.onUnauthorized();
      }
      throw error;
    }
  };

  /** The body of a good answer; throws the failure that a bad one means. */
  const failed =
    (direction: Direction) =>
    ({ status, serverId, body }: ServerAnswer): Record<string, unknown> => {
      const failure = failureOf(direction, { status, serverId, reason: reasonOf(body) }, deps.serverId);
      if (failure !== undefined) throw failure;
      if (typeof body !== 'object' || body === null) throw new CallFailure('protocol', `${direction} answered no object`);
      return body as Record<string, unknown>;
    };

  return {
    wrap: async (key, plaintext, aad, timeoutMs) => {
      const body = { plaintext: plaintext.toString('base64'), aad };
      const { ciphertext, keyVersion } = await call({ direction: 'wrap', key, body, timeoutMs });
      const { id } = (keyVersion ?? {}) as Record<string, unknown>;
      if (typeof ciphertext !== 'string' || typeof id !== 'string')
        throw new CallFailure('protocol', 'wrap answered no ciphertext and key version');
      return { ciphertext, keyVersionId: id };
    },
    unwrap: async (key, ciphertext, aad, timeoutMs) => {
      const { plaintext } = await call({ direction: 'unwrap', key, body: { ciphertext, aad }, timeoutMs });
      if (typeof plaintext !== 'string') throw new CallFailure('protocol', 'unwrap answered no plaintext');
      return Buffer.from(plaintext, 'base64');
    },
  };
}

function reasonOf(body: unknown): string | undefined {
  const { resources } = (body ?? {}) as { resources?: unknown };
  const first = Array.isArray(resources) ? (resources[0] as { reasons?: unknown } | null | undefined) : undefined;
  const reason = Array.isArray(first?.reasons) ? (first.reasons[0] as { code?: unknown } | null | undefined) : undefined;
  return typeof reason?.code === 'string' ? reason.code : undefined;
}
