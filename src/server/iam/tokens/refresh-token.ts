import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Barrier } from '../../../crypto/barrier.ts';
import type { LoginSource } from '../../principal.ts';

const TEXT = /^(rwr|rwd)_([A-Za-z0-9_-]{1,2048})\.([A-Za-z0-9_-]{43})$/;

/** The session that a refresh token belongs to, and how often that had been refreshed when it was given out. */
export interface RefreshToken {
  readonly sessionId: string;
  readonly number: number;
}

/** What another client may log in with for a while, as the identity that asked for it. */
export interface DelegatedToken {
  readonly accountId: string;
  readonly iamId: string;
  readonly login: LoginSource;
  readonly clients: readonly string[];
  /** Milliseconds since 1970. */
  readonly until: number;
}

/**
 * A refresh token is its content and a MAC over that. It is not a JWT, so it can never be taken for an access token; and each kind has
 * a key of its own, so that neither is taken for the other.
 */
export function sealRefreshToken(barrier: Barrier, { sessionId, number }: RefreshToken): string {
  return seal('rwr', barrier.deriveKey('refresh-token'), [sessionId, number]);
}

/** Undefined: it is none of ours. Whether the session is still there is another question. */
export function openRefreshToken(barrier: Barrier, token: string): RefreshToken | undefined {
  const content = open('rwr', barrier.deriveKey('refresh-token'), token);
  if (!Array.isArray(content) || content.length !== 2) return undefined;
  const [sessionId, number] = content as unknown[];
  return typeof sessionId === 'string' && typeof number === 'number' ? { sessionId, number } : undefined;
}

export function sealDelegatedToken(barrier: Barrier, token: DelegatedToken): string {
  return seal('rwd', barrier.deriveKey('delegated-refresh-token'), token);
}

/** Undefined: it is none of ours, or its time is over. */
export function openDelegatedToken(barrier: Barrier, token: string, now: number): DelegatedToken | undefined {
  const content = open('rwd', barrier.deriveKey('delegated-refresh-token'), token) as DelegatedToken | undefined;
  return content && now < content.until ? content : undefined;
}

function seal(kind: 'rwr' | 'rwd', key: KeyObject, content: unknown): string {
  const text = Buffer.from(JSON.stringify(content), 'utf8').toString('base64url');
  return `${kind}_${text}.${mac(key, text).toString('base64url')}`;
}

/** The content of a token that was sealed with `key`; it is parsed only then. */
function open(kind: 'rwr' | 'rwd', key: KeyObject, token: string): unknown {
  const [, given, text = '', tag = ''] = TEXT.exec(token) ?? [];
  if (given !== kind) return undefined;
  const expected = mac(key, text);
  const presented = Buffer.from(tag, 'base64url');
  // Of the last character two bits say nothing: only one way to write a token is taken.
  if (presented.toString('base64url') !== tag || !timingSafeEqual(expected, presented)) return undefined;
  return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
}

function mac(key: KeyObject, content: string): Buffer {
  return createHmac('sha256', key).update(content, 'utf8').digest();
}
