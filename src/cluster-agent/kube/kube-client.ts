/** One kube-apiserver, asked directly with the agent's client certificate. Each has its own client, because steps name the instance. */
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';
import { RootwardError } from '../../contract/errors.ts';
import type { TlsFiles } from '../etcd/etcd-client.ts';

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

export interface KubeAnswer {
  readonly status: number;
  /** Parsed JSON; undefined if the answer was something else. */
  readonly body: unknown;
  readonly text: string;
  readonly retryAfterSeconds: number | undefined;
  /** The clock of the apiserver, from its Date header. */
  readonly date: Date | undefined;
}

const TIMEOUT_MS = 30_000;
/** Everything at once may be asked of a hosted apiserver: paging keeps answers small. */
const CONNECTIONS = 16;

export class KubeClient {
  readonly #url: () => string;
  readonly #agent: Agent;

  private constructor(url: () => string, agent: Agent) {
    this.#url = url;
    this.#agent = agent;
  }

  /** @param url asked at every request, because an apiserver that is started again may get another port */
  static async open(url: () => string, tls: TlsFiles): Promise<KubeClient> {
    const [ca, cert, key] = await Promise.all([readFile(tls.caFile), readFile(tls.certFile), readFile(tls.keyFile)]);
    return new KubeClient(url, new Agent({ connect: { ca, cert, key }, connections: CONNECTIONS }));
  }

  get url(): string {
    return this.#url();
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  /** Any HTTP answer is an answer. @throws RootwardError APISERVER_UNREACHABLE if there is none, or the reason of the signal. */
  async send(ask: KubeRequest): Promise<KubeAnswer> {
    const timeout = AbortSignal.timeout(ask.timeoutMs ?? TIMEOUT_MS);
    const signal = ask.signal === undefined ? timeout : AbortSignal.any([ask.signal, timeout]);
    try {
      const answer = await request(new URL(ask.path, this.url), {
        method: ask.method,
        dispatcher: this.#agent,
        signal,
        headers: {
          accept: ask.accept ?? 'application/json',
          'user-agent': 'rootward-cluster-agent',
          ...(ask.body === undefined ? {} : { 'content-type': ask.contentType ?? 'application/json' }),
        },
        ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
      });
      const text = await answer.body.text();
      const retryAfter = Number(answer.headers['retry-after']);
      const date = answer.headers.date === undefined ? undefined : new Date(String(answer.headers.date));
      return {
        status: answer.statusCode,
        body: parseOrUndefined(text),
        text,
        retryAfterSeconds: Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : undefined,
        date,
      };
    } catch (error) {
      if (ask.signal?.aborted) throw ask.signal.reason;
      const { code, message } = error as NodeJS.ErrnoException;
      throw new RootwardError('APISERVER_UNREACHABLE', {
        message: `The kube-apiserver at ${this.url} cannot be reached: ${code ?? message}.`,
        cause: error,
      });
    }
  }

  /** True if /readyz answers ok. An apiserver that cannot be reached is not ready. */
  async isReady(signal?: AbortSignal): Promise<boolean> {
    try {
      return (await this.send({ method: 'GET', path: '/readyz', signal, timeoutMs: 5_000 })).status === 200;
    } catch (error) {
      if (error instanceof RootwardError && error.code === 'APISERVER_UNREACHABLE') return false;
      throw error;
    }
  }
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Health endpoints answer plain text.
    return undefined;
  }
}

/** The message of a Kubernetes Status object. Its text comes from the apiserver's own errors and holds no object data. */
export function statusMessage(answer: KubeAnswer): string {
  const { message } = (answer.body ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message.slice(0, 500) : `HTTP ${answer.status}`;
}
