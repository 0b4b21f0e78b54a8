import { auditRecords, examineAudit } from '../test/process/read-audit.ts';

/**
 * Throws unless the audit chain of a stopped server verifies and has as many successes of `action` as were acknowledged: without
 * them, a figure says how fast promises are.
 */
export async function requireAudited(dataDir: string, action: string, acknowledged: number, url?: string): Promise<void> {
  const { report } = await examineAudit(dataDir, url);
  const problems = report.chains.flatMap((chain) => chain.problems);
  if (!report.ok) throw new Error(`the audit chain does not verify: ${problems[0]?.message}`);
  let records = 0;
  for (const record of auditRecords(dataDir)) if (record.action === action && record.outcome === 'success') records += 1;
  if (records !== acknowledged) throw new Error(`${acknowledged} × ${action} were acknowledged, the audit log has ${records}`);
}
