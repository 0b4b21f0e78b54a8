import { RootwardError } from '../contract/errors.ts';
import { decodeBlob } from './blob/blob.ts';
import { openData, sealData } from './blob/seal.ts';
import type { Gate } from './key-service/gate.ts';
import { type Leases, refusal } from './lease/leases.ts';
import type { Keks } from './local-kek/keks.ts';
import type { Published } from './local-kek/tend.ts';
import type { Snapshot } from './state/snapshot.ts';

/** What both versions of the gRPC interface do. Every failure is a RootwardError. */
export interface Provider {
  /** The `key_id` under which data is sealed now; from memory. */
  readonly status: () => string;
  readonly seal: (plaintext: Uint8Array, budgetMs: number) => Promise<{ readonly blob: Buffer; readonly keyId: string }>;
  /** `keyId`: what kube-apiserver stored beside the blob, where it stores one. */
  readonly open: (blob: Uint8Array, keyId: string | undefined, budgetMs: number) => Promise<Buffer>;
}

export function createProvider(deps: {
  readonly keks: Keks;
  readonly leases: Leases;
  readonly gate: Gate;
  readonly clusterId: string;
  readonly random: (bytes: number) => Buffer;
  readonly published: () => Published | undefined;
  readonly problem: () => RootwardError;
  readonly snapshot: () => Snapshot | undefined;
  readonly refreshState: () => Promise<boolean>;
}): Provider {
  const current = (): Published => {
    const published = deps.published();
    if (published === undefined) throw deps.problem();
    return published;
  };
  const open: Provider['open'] = async (bytes, keyId, budgetMs) => {
    const blob = decodeBlob(bytes);
    if (keyId !== undefined && keyId !== blob.kek.keyId) {
      throw new RootwardError('BLOB_INVALID', { message: 'the key id is not the one inside the ciphertext' });
    }
    // An activation that this node has not heard of: ask for news, so that a verdict about its key comes first. The server decides.
    if (deps.snapshot()?.known.has(blob.kek.keyId) !== true) await deps.refreshState();
    if (deps.snapshot() === undefined) throw deps.problem();
    return openData(await deps.keks.open(blob.kek, budgetMs), blob, deps.clusterId);
  };

  return {
    status: () => {
      const { keyId, kek } = current();
      const use = deps.leases.use(kek);
      if (use.may !== 'use') throw refusal(use);
      return keyId;
    },
    seal: (plaintext, budgetMs) =>
      deps.gate(async () => {
        const { keyId, kek, seals } = current();
        const key = await inTime(deps.keks.open(kek, budgetMs), budgetMs);
        seals.next();
        return { blob: sealData(key, kek, deps.clusterId, plaintext, deps.random), keyId };
      }),
    open: (bytes, keyId, budgetMs) => deps.gate(() => inTime(open(bytes, keyId, budgetMs), budgetMs)),
  };
}

/** The work may be shared with callers that came earlier or later; this caller waits no longer than its own budget. */
async function inTime<R>(work: Promise<R>, budgetMs: number): Promise<R> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new RootwardError('SERVER_UNREACHABLE', { message: 'the key service did not answer in time' })),
      budgetMs,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
