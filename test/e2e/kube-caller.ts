/** Calls a kube-apiserver as a fresh kubectl does: a new connection each time, with the administrator's kubeconfig. */
import { request } from 'node:https';
import { parse } from 'yaml';

export interface KubeAnswer {
  /** 0: there was no answer. */
  readonly status: number;
  readonly body: { readonly data?: Readonly<Record<string, string>>; readonly message?: string };
}

export interface KubeCaller {
  readonly server: string;
  send(method: string, path: string, body?: unknown): Promise<KubeAnswer>;
}

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: Readonly<Record<string, string>> }[];
  readonly users: readonly { readonly user: Readonly<Record<string, string>> }[];
}

const PATIENCE_MS = 10_000;

export function kubeCaller(kubeconfig: string): KubeCaller {
  const { clusters, users } = parse(kubeconfig) as Kubeconfig;
  const cluster = clusters[0]?.cluster ?? {};
  const user = users[0]?.user ?? {};
  const bytes = (base64: string | undefined) => Buffer.from(base64 ?? '', 'base64');
  const tls = {
    ca: bytes(cluster['certificate-authority-data']),
    cert: bytes(user['client-certificate-data']),
    key: bytes(user['client-key-data']),
  };
  const server = cluster.server ?? '';
  return {
    server,
    send: (method, path, body) =>
      new Promise((resolve) => {
        const headers = { 'content-type': 'application/json' };
        const call = request(server + path, { method, agent: false, headers, timeout: PATIENCE_MS, ...tls }, (answer) => {
          let text = '';
          answer.on('data', (chunk) => {
            text += String(chunk);
          });
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: readBody(text) }));
          answer.on('error', (error) => resolve({ status: 0, body: { message: error.message } }));
        });
        call.on('timeout', () => call.destroy(new Error('timed out')));
        call.on('error', (error) => resolve({ status: 0, body: { message: error.message } }));
        call.end(body === undefined ? undefined : JSON.stringify(body));
      }),
  };
}

function readBody(text: string): KubeAnswer['body'] {
  try {
    return JSON.parse(text) as KubeAnswer['body'];
  } catch {
    // What is no JSON is shown as it is.
    return { message: text };
  }
}
