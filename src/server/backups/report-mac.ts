import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Barrier } from '../../crypto/barrier.ts';

/** Shows that whoever made the report has the barrier key. */
export function reportMac(barrier: Barrier, report: string): string {
  return createHmac('sha256', barrier.deriveKey('backup-report')).update(report, 'utf8').digest('base64');
}

export function isReportMac(barrier: Barrier, report: string, mac: string): boolean {
  const expected = Buffer.from(reportMac(barrier, report), 'utf8');
  const given = Buffer.from(mac, 'utf8');
  return expected.length === given.length && timingSafeEqual(expected, given);
}
