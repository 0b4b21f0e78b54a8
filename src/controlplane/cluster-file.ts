import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from './atomic-file.ts';

/** DATA/clusters/<id>/cluster.json: where the parts of a hosted cluster are reached. Chosen once and kept. */
export interface ClusterFile {
  readonly apiservers: readonly string[];
  readonly etcd: readonly string[];
  readonly etcdPeers: readonly string[];
  /** The 0700 directory on tmpfs with private keys and the plugins' sockets. */
  readonly runtime: string;
}

export function clusterFilePath(clusterDirectory: string): string {
  return join(clusterDirectory, 'cluster.json');
}

/** Null if the cluster was never started here. */
export function readClusterFile(clusterDirectory: string): ClusterFile | null {
  let text: string;
  try {
    text = readFileSync(clusterFilePath(clusterDirectory), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return JSON.parse(text) as ClusterFile;
}

export function writeClusterFile(clusterDirectory: string, file: ClusterFile): void {
  writeAtomically(clusterFilePath(clusterDirectory), `${JSON.stringify(file, null, 2)}\n`);
}

/** `https://127.0.0.1:<port>` */
export function localUrl(port: number): string {
  return `https://127.0.0.1:${port}`;
}

export function portOf(url: string): number {
  return Number(new URL(url).port);
}
