/**
 * Rewrites one object without changing it: an empty merge patch bound to its uid and resourceVersion makes the apiserver store a
 * stale object again. Whether it is sealed now is what etcd says, never what a status code suggests.
 */
import type { RootwardError } from '../../contract/errors.ts';
import { pause } from '../step.ts';
import { METADATA_ONLY } from './canary.ts';
import type { KubeAnswer, KubeClient } from './kube-client.ts';
import { statusMessage } from './kube-client.ts';
import type { ListedObject } from './list-objects.ts';

export type RawState = 'sealed' | 'stale' | 'gone';

export interface Rewrite {
  readonly kube: Pick<KubeClient, 'send'>;
  readonly object: ListedObject;
  readonly signal: AbortSignal;
  /** Reads the object's raw bytes in etcd. */
  readonly state: () => Promise<RawState>;
}

export type RewriteResult =
  | { readonly outcome: 'rewritten' | 'sealed' | 'gone'; readonly conflicts: number }
  | { readonly outcome: 'failed'; readonly conflicts: number; readonly reason: string };

const ATTEMPTS = 6;
const FIRST_WAIT_MS = 100;
const MAX_WAIT_MS = 10_000;

/** Never throws for what the apiserver answers; a signal's reason and an unreachable etcd do throw. */
export async function rewriteObject(rewrite: Rewrite): Promise<RewriteResult> {
  const { kube, object, signal, state } = rewrite;
  let { uid, resourceVersion } = object;
  let conflicts = 0;
  let reason = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const answer = await sendOrError(rewrite, uid, resourceVersion);
    if ('status' in answer && answer.status === 404) return { outcome: 'gone', conflicts };
    if ('status' in answer && answer.status === 200) {
      // The same resourceVersion: nothing was stored, because the apiserver did not find the object stale.
      if (metadataOf(answer).resourceVersion !== resourceVersion) return { outcome: 'rewritten', conflicts };
      const now = await state();
      if (now !== 'stale') return { outcome: now, conflicts };
      return { outcome: 'failed', conflicts, reason: 'the apiserver does not find the object stale' };
    } else if ('status' in answer && answer.status === 409) {
      // Somebody else wrote it, perhaps through an apiserver that still writes under the old key.
      conflicts += 1;
      const now = await state();
      if (now !== 'stale') return { outcome: now, conflicts };
      const fresh = await kube.send({ method: 'GET', path: object.path, accept: METADATA_ONLY, signal });
      if (fresh.status === 404) return { outcome: 'gone', conflicts };
      if (fresh.status === 200) ({ uid, resourceVersion } = metadataOf(fresh));
      reason = 'every attempt met a write of somebody else';
      continue;
    } else {
      reason = 'status' in answer ? statusMessage(answer) : answer.message;
      const again = !('status' in answer) || answer.status === 429 || answer.status >= 500;
      if (!again) return { outcome: 'failed', conflicts, reason };
    }
    await pause(waitMs(attempt, 'status' in answer ? answer.retryAfterSeconds : undefined), signal);
  }
  return { outcome: 'failed', conflicts, reason };
}

async function sendOrError(
  { kube, object, signal }: Rewrite,
  uid: string | undefined,
  resourceVersion: string,
): Promise<KubeAnswer | RootwardError> {
  try {
    return await kube.send({
      method: 'PATCH',
      path: `${object.path}?fieldManager=rootward`,
      contentType: 'application/merge-patch+json',
      accept: METADATA_ONLY,
      body: { metadata: { uid, resourceVersion } },
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    return error as RootwardError;
  }
}

function metadataOf(answer: KubeAnswer): { readonly uid: string; readonly resourceVersion: string } {
  return (answer.body as { metadata: { uid: string; resourceVersion: string } }).metadata;
}

function waitMs(attempt: number, retryAfterSeconds: number | undefined): number {
  if (retryAfterSeconds !== undefined) return Math.min(MAX_WAIT_MS, retryAfterSeconds * 1000);
  return Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
}
