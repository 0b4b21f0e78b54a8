import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../atomic-file.ts';
import type { ProcessIdentity } from './process-identity.ts';

export type ProcessRole = 'etcd' | 'kube-apiserver' | 'kms-plugin' | 'cluster-agent';

/** One child in DATA/clusters/<id>/processes.json. */
export interface ProcessRecord extends ProcessFacts {
  readonly name: string;
  readonly role: ProcessRole;
  readonly index: number;
  /** SHA-256 of command, arguments and environment, in hex. */
  readonly argsHash: string;
  /** Null between the decision to start it and the moment its number is known. */
  readonly process: ProcessIdentity | null;
  readonly startedAt: string;
}

/** What a reader of the record wants to know about the running process. */
export interface ProcessFacts {
  readonly url?: string;
  readonly socketPath?: string;
  readonly encryptionConfigPath?: string;
  /** Of the file as it was immediately before this process was started, in hex. */
  readonly encryptionConfigSha256?: string;
}

interface RecordFile {
  readonly version: 1;
  readonly processes: Readonly<Record<string, ProcessRecord>>;
}

export function recordPath(clusterDirectory: string): string {
  return join(clusterDirectory, 'processes.json');
}

/** Every record of a cluster; none if nothing was ever started. Throws if the file is damaged. */
export function readRecords(clusterDirectory: string): ProcessRecord[] {
  return Object.values(load(clusterDirectory).processes);
}

export function readRecord(clusterDirectory: string, name: string): ProcessRecord | undefined {
  return load(clusterDirectory).processes[name];
}

/** Durable before it returns, so that a process is never known only to a server that may die. */
export function writeRecord(clusterDirectory: string, record: ProcessRecord): void {
  const { processes } = load(clusterDirectory);
  save(clusterDirectory, { ...processes, [record.name]: record });
}

export function removeRecord(clusterDirectory: string, name: string): void {
  const { [name]: removed, ...rest } = load(clusterDirectory).processes;
  if (removed !== undefined) save(clusterDirectory, rest);
}

function load(clusterDirectory: string): RecordFile {
  let text: string;
  try {
    text = readFileSync(recordPath(clusterDirectory), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { version: 1, processes: {} };
    throw error;
  }
  return JSON.parse(text) as RecordFile;
}

function save(clusterDirectory: string, processes: RecordFile['processes']): void {
  const file: RecordFile = { version: 1, processes };
  writeAtomically(recordPath(clusterDirectory), `${JSON.stringify(file, null, 2)}\n`);
}
