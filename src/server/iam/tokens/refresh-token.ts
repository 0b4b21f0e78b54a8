import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Barrier } from '../../../crypto/barrier.ts';

const PREFIX = 'rwr_';
const LIFE_MS = 30 * 86_400_000;
const TEXT = /^rwr_([A-Za-z0-9_-]{1,256})\.([A-Za-z0-9_-]{43})$/;

/**
 * A refresh token names the API key that it was made with, until when it is good, and a MAC over both. It is not a JWT, so it can
 * never be taken for an access token; and it ends with its API key.
 */
export function sealRefreshToken(barrier: Barrier, apiKeyId: string, accountId: string, now: number): string {
  const content = Buffer.from(JSON.stringify([apiKeyId, accountId, now + LIFE_MS]), 'utf8').toString('base64url');
  return `${PREFIX}${content}.${mac(barrier.deriveKey('refresh-token'), content).toString('base64url')}`;
}

/** The API key of a refresh token that is genuine and not too old. */
export function openRefreshToken(
  barrier: Barrier,
  token: string,
  now: number,
): { readonly apiKeyId: string; readonly accountId: string } | undefined {
  const [, content, given] = TEXT.exec(token) ?? [];
  if (content === undefined || given === undefined) return undefined;
  if (!timingSafeEqual(mac(barrier.deriveKey('refresh-token'), content), Buffer.from(given, 'base64url'))) return undefined;
  const [apiKeyId, accountId, goodUntil] = JSON.parse(Buffer.from(content, 'base64url').toString('utf8')) as [
    string,
    string,
    number,
  ];
  return now < goodUntil ? { apiKeyId, accountId } : undefined;
}

function mac(key: KeyObject, content: string): Buffer {
  return createHmac('sha256', key).update(content, 'utf8').digest();
}
