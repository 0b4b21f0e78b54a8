import { randomBytes } from 'node:crypto';
import { type ClusterFile, localUrl, portOf, readClusterFile, writeClusterFile } from './cluster-file.ts';
import { chooseRuntimeDirectory, type RuntimeChoice } from './pki/runtime-directory.ts';
import { freePort, isPortFree } from './processes/ports.ts';

/** Loads cluster.json, or chooses ports and a runtime directory once and writes it. */
export async function ensureClusterFile(
  directory: string,
  apiserverCount: number,
  candidates: readonly string[],
): Promise<{ file: ClusterFile; chosen: RuntimeChoice | null }> {
  const known = readClusterFile(directory);
  if (known !== null && known.apiservers.length === apiserverCount) return { file: known, chosen: null };
  const chosen = known === null ? chooseRuntimeDirectory(directory, randomSuffix(), candidates) : null;
  const taken: number[] = [];
  const next = async (kept: string | undefined): Promise<string> => {
    const port = kept === undefined ? await freePort(taken) : portOf(kept);
    taken.push(port);
    return localUrl(port);
  };
  const apiservers: string[] = [];
  for (let index = 0; index < apiserverCount; index += 1) apiservers.push(await next(known?.apiservers[index]));
  const file: ClusterFile = {
    apiservers,
    etcd: [await next(known?.etcd[0])],
    etcdPeers: [await next(known?.etcdPeers[0])],
    runtime: known?.runtime ?? chosen?.path ?? '',
  };
  writeClusterFile(directory, file);
  return { file, chosen };
}

/** Before a start: keeps each port of the list that is free and replaces each that somebody else took meanwhile. */
export async function replaceTakenPorts(
  directory: string,
  part: 'apiservers' | 'etcd' | 'etcdPeers',
  index: number,
): Promise<{ file: ClusterFile; replaced: boolean } | null> {
  const file = readClusterFile(directory);
  const url = file?.[part][index];
  if (file === null || url === undefined) return null;
  if (await isPortFree(portOf(url))) return { file, replaced: false };
  const taken = [...file.apiservers, ...file.etcd, ...file.etcdPeers].map(portOf);
  const fresh = localUrl(await freePort(taken));
  const changed: ClusterFile = { ...file, [part]: file[part].map((old, at) => (at === index ? fresh : old)) };
  writeClusterFile(directory, changed);
  return { file: changed, replaced: true };
}

function randomSuffix(): string {
  return randomBytes(4).toString('hex');
}
