/** Reads every object of a resource at one revision of etcd and counts what seals it. Values are classified and dropped. */
import { RootwardError } from '../../contract/errors.ts';
import type { EtcdClient } from './etcd-client.ts';
import { RevisionCompacted } from './etcd-client.ts';
import type { EtcdValue } from './etcd-value.ts';
import { classifyEtcdValue } from './etcd-value.ts';

export interface ScannedObject {
  /** The whole etcd key. */
  readonly key: string;
  readonly modRevision: bigint;
  /** Undefined: the value is none of the known forms. */
  readonly value: EtcdValue | undefined;
}

/** Counts of one resource. `byKeyId` counts KMS v2 values of the named provider; `other` names everything else that is sealed. */
export interface ResourceCounts {
  readonly total: number;
  readonly plaintext: number;
  readonly byKeyId: Readonly<Record<string, number>>;
  readonly other: Readonly<Record<string, number>>;
}

export interface ScanOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onPage?: ((scanned: number) => void) | undefined;
}

const MAX_PAGE = 500;
const FIRST_PAGE = 50;
/** Values have to be transferred whole, and one may have a mebibyte: the next page is sized by the last one. */
const PAGE_BYTES = 8 * 1024 * 1024;
const ATTEMPTS = 5;

export function resourcePrefix(resource: string): string {
  return `/registry/${resource}/`;
}

/** Every object below the prefix, at one revision. Starts again when that revision is compacted meanwhile. */
export async function scanPrefix(
  etcd: EtcdClient,
  prefix: string,
  each: (object: ScannedObject) => void,
  restart: () => void,
  options: ScanOptions = {},
): Promise<bigint> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await scanOnce(etcd, prefix, each, options);
    } catch (error) {
      if (!(error instanceof RevisionCompacted)) throw error;
      if (attempt === ATTEMPTS)
        throw new RootwardError('ETCD_UNREACHABLE', {
          message: 'Every revision that was scanned was compacted before the scan ended.',
        });
      restart();
    }
  }
}

async function scanOnce(
  etcd: EtcdClient,
  prefix: string,
  each: (object: ScannedObject) => void,
  options: ScanOptions,
): Promise<bigint> {
  const rangeEnd = prefixEnd(prefix);
  let key: Uint8Array = Buffer.from(prefix);
  let revision = 0n;
  let limit = FIRST_PAGE;
  let scanned = 0;
  for (;;) {
    const page = await etcd.range({ key, rangeEnd, revision, limit: BigInt(limit) }, options.signal);
    if (revision === 0n) revision = page.revision;
    let bytes = 0;
    for (const kv of page.kvs) {
      bytes += kv.value.length;
      each({ key: Buffer.from(kv.key).toString('utf8'), modRevision: kv.modRevision, value: classifyOrUndefined(kv.value) });
    }
    scanned += page.kvs.length;
    options.onPage?.(scanned);
    const last = page.kvs.at(-1);
    if (!page.more || last === undefined) return revision;
    key = Buffer.concat([last.key, Buffer.of(0)]);
    limit = Math.min(MAX_PAGE, Math.max(1, Math.floor(PAGE_BYTES / Math.max(1, bytes / page.kvs.length))));
  }
}

/** Counts of each resource, all at one revision of the first of them or newer. */
export async function countResources(
  etcd: EtcdClient,
  resources: readonly string[],
  provider: string,
  options: ScanOptions = {},
): Promise<{ readonly revision: bigint; readonly resources: Record<string, ResourceCounts> }> {
  const counts: Record<string, ResourceCounts> = {};
  let revision = 0n;
  for (const resource of resources) {
    let tally = newTally();
    const at = await scanPrefix(
      etcd,
      resourcePrefix(resource),
      (object) => count(tally, object.value, provider),
      () => {
        tally = newTally();
      },
      options,
    );
    // The oldest one is what all counts hold for.
    if (revision === 0n || at < revision) revision = at;
    counts[resource] = tally;
  }
  return { revision, resources: counts };
}

/** Is every counted object sealed by the provider under this key id? */
export function isSealedBy(counts: ResourceCounts, keyId: string): boolean {
  return (
    counts.plaintext === 0 && Object.keys(counts.other).length === 0 && Object.keys(counts.byKeyId).every((id) => id === keyId)
  );
}

export function isSealedValue(value: EtcdValue | undefined, provider: string, keyId: string): boolean {
  return value?.form === 'kms-v2' && value.provider === provider && value.keyId === keyId;
}

/** The same of raw bytes; bytes of no known form are not sealed. */
export function isSealedBytes(bytes: Uint8Array, provider: string, keyId: string): boolean {
  return isSealedValue(classifyOrUndefined(bytes), provider, keyId);
}

interface Tally {
  total: number;
  plaintext: number;
  readonly byKeyId: Record<string, number>;
  readonly other: Record<string, number>;
}

function newTally(): Tally {
  return { total: 0, plaintext: 0, byKeyId: {}, other: {} };
}

function count(tally: Tally, value: EtcdValue | undefined, provider: string): void {
  tally.total += 1;
  if (value?.form === 'plaintext') tally.plaintext += 1;
  else if (value?.form === 'kms-v2' && value.provider === provider) add(tally.byKeyId, value.keyId);
  else add(tally.other, nameOf(value));
}

function nameOf(value: EtcdValue | undefined): string {
  switch (value?.form) {
    case 'kms-v2':
      return `kms:v2:${value.provider}:${value.keyId}`;
    case 'kms-v1':
      return `kms:v1:${value.provider}`;
    case 'local':
      return `${value.transformer}:${value.keyName}`;
    default:
      return 'unreadable';
  }
}

function add(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

function classifyOrUndefined(value: Uint8Array): EtcdValue | undefined {
  try {
    return classifyEtcdValue(value);
  } catch (error) {
    if (error instanceof RootwardError && error.code === 'ETCD_VALUE') return undefined;
    throw error;
  }
}

/** The first key behind every key that begins with the prefix. */
export function prefixEnd(prefix: string): Buffer {
  const end = Buffer.from(prefix);
  const last = end.length - 1;
  end.writeUInt8(end.readUInt8(last) + 1, last);
  return end;
}
