import { createHttp } from '../../http.ts';
import { createLog } from '../../log.ts';
import type { KeyScene } from './key-scene.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** As it came; empty where there is none. */
  readonly text: string;
  /** The text read as JSON. */
  readonly body: KeyProtectBody;
}

interface KeyProtectBody {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly resources: readonly (Readonly<Record<string, unknown>> & { readonly reasons?: readonly Reason[] })[];
}

interface Reason {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly target?: { readonly type: string; readonly name: string };
}

export interface KeyHttp extends AsyncDisposable {
  /** A request for the scene's instance as the owner, or with another token; `ring` is the header that names a key ring. */
  send(method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE', path: string, more?: More): Promise<Reply>;
}

interface More {
  readonly token?: string;
  readonly ring?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The API of a scene over the real routes, so that status, body and shape are those that a client gets. */
export function openKeyHttp(scene: KeyScene): KeyHttp {
  const { pipeline, iam, ownerToken } = scene.server;
  const http = createHttp({ pipeline, serverId: 'test', newId: iam.newId, log: createLog({ level: 'fatal' }) });
  return {
    async send(method, path, { token = ownerToken, ring, body, headers } = {}) {
      const reply = await http.inject({
        method,
        url: `/api/v2${path}`,
        headers: {
          authorization: `Bearer ${token}`,
          ...scene.headers,
          ...(ring !== undefined && { 'x-kms-key-ring': ring }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const parsed = reply.body === '' ? { metadata: {}, resources: [] } : (JSON.parse(reply.body) as KeyProtectBody);
      return { status: reply.statusCode, headers: reply.headers, text: reply.body, body: parsed };
    },
    async [Symbol.asyncDispose]() {
      await http.close();
    },
  };
}

/** The reason of a refusal: code, and what it is about. */
export function reasonOf({ status, body }: Reply): [status: number, code: string | undefined, name: string | undefined] {
  const reason = body.resources[0]?.reasons?.[0];
  return [status, reason?.code, reason?.target?.name];
}
