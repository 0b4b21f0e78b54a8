import { RootwardError } from '../../contract/errors.ts';
import type { LimitsConfig } from '../config/limits-config.ts';
import type { Principal } from '../principal.ts';
import { createBuckets } from './buckets.ts';

const LONGEST_NAME = 64;

/** Throws OVERLOADED, with the seconds to wait, where a caller or its account asks more often than it may. */
export type RateLimit = (principal: Principal, instance: unknown, now: number) => void;

/**
 * The limit of requests per caller, and per account and KMS instance. The account is the caller's own, so that nobody can use up
 * what others have by naming their instance. Undefined: there is no limit.
 */
export function createRateLimit(limits: LimitsConfig): RateLimit | undefined {
  const { requestsPerSecondPerCaller, burstPerCaller, requestsPerSecondPerInstance, burstPerInstance } = limits;
  const callers =
    requestsPerSecondPerCaller > 0 ? createBuckets({ perSecond: requestsPerSecondPerCaller, burst: burstPerCaller }) : undefined;
  const instances =
    requestsPerSecondPerInstance > 0
      ? createBuckets({ perSecond: requestsPerSecondPerInstance, burst: burstPerInstance })
      : undefined;
  if (!callers && !instances) return undefined;
  return ({ iamId, accountId }, instance, now) => {
    // Longer ones name no instance and are refused; their texts are not kept.
    const inInstance = typeof instance === 'string' && instance.length <= LONGEST_NAME ? instances : undefined;
    const shared = `${accountId}/${String(instance)}`;
    // Both are asked before one is taken, so that who is refused has used up nothing.
    const wait = Math.max(callers?.waitMs(iamId, now) ?? 0, inInstance?.waitMs(shared, now) ?? 0);
    if (wait > 0) {
      const retryAfterSeconds = Math.ceil(wait / 1000);
      throw new RootwardError('OVERLOADED', {
        message: `Too many requests. Try again in ${retryAfterSeconds} s.`,
        retryAfterSeconds,
      });
    }
    callers?.take(iamId, now);
    inInstance?.take(shared, now);
  };
}
