/** What really lies in a cluster's etcd, past the apiserver: values by key, and the bytes of every file. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EtcdClient } from '../../src/cluster-agent/etcd/etcd-client.ts';
import { classifyEtcdValue } from '../../src/cluster-agent/etcd/etcd-value.ts';

/** Raw values below a prefix. Only for what fits in memory. */
export async function rawValues(directory: string, prefix = '/registry/secrets/'): Promise<Map<string, Buffer>> {
  const { etcd } = JSON.parse(readFileSync(join(directory, 'cluster.json'), 'utf8')) as { etcd: string[] };
  const pki = join(directory, 'pki');
  const tls = {
    caFile: join(pki, 'etcd-ca.crt'),
    certFile: join(pki, 'etcd-client.crt'),
    keyFile: join(pki, 'etcd-client.key'),
  };
  const client = await EtcdClient.open({ urls: () => etcd, tls });
  try {
    const key = Buffer.from(prefix);
    const { kvs } = await client.range({ key, rangeEnd: Buffer.from(`${prefix.slice(0, -1)}0`) });
    return new Map(kvs.map((kv) => [Buffer.from(kv.key).toString(), Buffer.from(kv.value)]));
  } finally {
    client.close();
  }
}

/** The `key_id`s under which the values are sealed; `plaintext` and other forms by their names. */
export function sealsOf(values: ReadonlyMap<string, Buffer>): string[] {
  return [...new Set([...values.values()].map(sealOf))].sort();
}

function sealOf(value: Buffer): string {
  const read = classifyEtcdValue(value);
  return read.form === 'kms-v2' ? read.keyId : read.form;
}

export interface NamedBytes {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Names of the needles that are found in any file of etcd: database, snapshots and write-ahead log. */
export function foundInFiles(directory: string, needles: readonly NamedBytes[]): Set<string> {
  const found = new Set<string>();
  const folders = readdirSync(directory, { withFileTypes: true }).filter(
    (one) => one.isDirectory() && one.name.startsWith('etcd'),
  );
  for (const { name } of folders) {
    for (const entry of readdirSync(join(directory, name), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = readFileSync(join(entry.parentPath, entry.name));
      for (const needle of needles) if (bytes.includes(needle.bytes)) found.add(needle.name);
    }
  }
  return found;
}
