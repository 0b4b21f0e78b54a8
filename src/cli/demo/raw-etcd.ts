import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { RootwardError } from '../../contract/errors.ts';

const TIMEOUT_MS = 10_000;

/** The bytes of one key in the etcd of a hosted cluster, as they lie there, or undefined if the key is not there. */
export type RawRead = (key: string) => Promise<Buffer | undefined>;

/** Reads etcd past every kube-apiserver, with the client pair of the cluster. Undefined where the cluster's files are not here. */
export function rawEtcd(dataDir: string, clusterId: string): RawRead | undefined {
  const directory = join(dataDir, 'clusters', clusterId);
  if (!existsSync(join(directory, 'cluster.json'))) return undefined;
  const { etcd } = JSON.parse(readFileSync(join(directory, 'cluster.json'), 'utf8')) as { readonly etcd: readonly string[] };
  const pki = (name: string) => readFileSync(join(directory, 'pki', name));
  const tls = { ca: pki('etcd-ca.crt'), cert: pki('etcd-client.crt'), key: pki('etcd-client.key') };
  return async (key) => {
    const body = JSON.stringify({ key: Buffer.from(key).toString('base64') });
    const reply = await post(`${etcd[0]}/v3/kv/range`, body, tls);
    const value = (reply as { readonly kvs?: readonly { readonly value: string }[] }).kvs?.[0]?.value;
    return value === undefined ? undefined : Buffer.from(value, 'base64');
  };
}

/** etcd's JSON gateway needs a client certificate, which `fetch` cannot carry. */
function post(url: string, body: string, tls: { ca: Buffer; cert: Buffer; key: Buffer }): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const failed = (cause: unknown) => reject(new RootwardError('ETCD_UNREACHABLE', { cause }));
    const sent = request(url, { ...tls, method: 'POST', agent: false, timeout: TIMEOUT_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', failed);
      response.on('end', () => {
        try {
          resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')));
        } catch (cause) {
          failed(cause);
        }
      });
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer')));
    sent.on('error', failed);
    sent.end(body);
  });
}

/** The start of some bytes, printable characters as they are and the others as dots. */
export function visible(bytes: Buffer, length = 96): string {
  const text = bytes
    .subarray(0, length)
    .toString('latin1')
    .replaceAll(/[^\x20-\x7e]/g, '·');
  return bytes.length > length ? `${text}… (${bytes.length} bytes)` : text;
}
