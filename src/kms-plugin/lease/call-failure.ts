import type { ErrorCode } from '../../contract/errors.ts';
import type { CutReason, LeaseEvent } from './lease.ts';

/** Why a call of the key service gave no result. */
export type FailureKind =
  | CutReason
  /** The root key takes no new wraps: it expired, or it is suspended; an unwrap tells which. */
  | 'wrap-state'
  /** This ciphertext does not open; says nothing about the key. */
  | 'ciphertext'
  | 'timeout'
  | 'network'
  | 'tls'
  | 'wrong-server'
  | 'server-error'
  | 'overloaded'
  /** 401: the instance is unknown or the authorization is gone; only the state of the cluster tells which. */
  | 'unauthorized'
  | 'not-found'
  | 'login'
  | 'protocol'
  | 'breaker-open';

export type Direction = 'wrap' | 'unwrap';

/** A call that gave no result. `detail` holds no secret. */
export class CallFailure extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, detail: string, cause?: unknown) {
    super(detail, cause === undefined ? undefined : { cause });
    this.name = 'CallFailure';
    this.kind = kind;
  }
}

interface Effect {
  /** What it does to the lease. */
  readonly lease: 'refused' | 'expired' | 'unreachable' | 'nothing';
  /** May the same call be tried again at once? */
  readonly again: boolean;
  /** Does it count against the connection? */
  readonly breaks: boolean;
  readonly code: ErrorCode;
}

const definitive = { lease: 'refused', again: false, breaks: false, code: 'KEY_STATE' } as const;
const unreachable = { lease: 'unreachable', again: true, breaks: true, code: 'SERVER_UNREACHABLE' } as const;
const unknown = { ...unreachable, again: false, breaks: false } as const;

/** One row per kind. Only three kinds are definitive. */
export const EFFECTS: Record<FailureKind, Effect> = {
  suspended: definitive,
  destroyed: definitive,
  denied: { ...definitive, code: 'SERVICE_AUTHORIZATION_MISSING' },
  'wrap-state': { lease: 'expired', again: false, breaks: false, code: 'KEY_STATE' },
  ciphertext: { lease: 'nothing', again: false, breaks: false, code: 'BLOB_DAMAGED' },
  timeout: unreachable,
  network: unreachable,
  tls: { ...unreachable, again: false },
  'wrong-server': { ...unreachable, again: false },
  'server-error': unreachable,
  overloaded: unreachable,
  unauthorized: unknown,
  'not-found': unknown,
  login: unknown,
  protocol: unknown,
  'breaker-open': { ...unknown },
};

/** The lease event of a failed call, or undefined where it says nothing about the key. `at` is when the answer came. */
export function leaseEventOf(kind: FailureKind, at: number): LeaseEvent | undefined {
  if (isCutReason(kind)) return { type: 'refused', at, reason: kind };
  const { lease } = EFFECTS[kind];
  return lease === 'expired' || lease === 'unreachable' ? { type: 'not-renewed', cause: lease } : undefined;
}

/** An answer as far as the rules look at it. */
export interface Answer {
  readonly status: number;
  /** The header `Rootward-Server-Id`. */
  readonly serverId: string | undefined;
  /** `resources[0].reasons[0].code` of Key Protect's error body. */
  readonly reason: string | undefined;
}

/** The failure that an answer of wrap or unwrap means, or undefined for success. */
export function failureOf(direction: Direction, answer: Answer, pinnedServerId: string): CallFailure | undefined {
  const { status, reason } = answer;
  if (answer.serverId !== pinnedServerId) return new CallFailure('wrong-server', wrongServer(answer.serverId));
  if (status === 200) return undefined;
  const kind = kindOf(direction, status, reason);
  return new CallFailure(kind, `${direction} answered ${status}${reason === undefined ? '' : ` ${reason}`}`);
}

/** What is wrong with the identity of whoever answered. */
export function wrongServer(serverId: string | undefined): string {
  return serverId === undefined ? 'the answer carries no server id' : 'the answer comes from another server than the pinned one';
}

function kindOf(direction: Direction, status: number, reason: string | undefined): FailureKind {
  if (status === 409 && reason === 'KEY_ACTION_INVALID_STATE_ERR') return direction === 'wrap' ? 'wrap-state' : 'suspended';
  if (status === 410 && reason === 'KEY_DELETED_ERR') return 'destroyed';
  if (status === 422 && direction === 'unwrap') return 'ciphertext';
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'denied';
  if (status === 404) return 'not-found';
  if (status === 429) return 'overloaded';
  return status >= 500 ? 'server-error' : 'protocol';
}

function isCutReason(kind: FailureKind): kind is CutReason {
  return EFFECTS[kind].lease === 'refused';
}
