import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointsIn } from '../../src/server/audit/chain/checkpoints-in-store.ts';
import { type AuditReport, verifyAuditLog } from '../../src/server/audit/chain/verify.ts';
import type { AuditRecord } from '../../src/server/audit/records/record.ts';
import { loadConfig } from '../../src/server/config.ts';
import { openDataDir } from '../../src/server/operate/data-dir.ts';
import { unseal } from '../../src/server/operate/unseal.ts';
import { listOutbox } from '../../src/store/audit.ts';
import { openStore } from '../../src/store/store.ts';

/** What a stopped server has left: the verdict on its audit chain, and the number of records that are not in it yet. */
export async function examineAudit(directory: string, url?: string): Promise<{ report: AuditReport; waiting: number }> {
  const dataDir = openDataDir(directory, false);
  const store = await openStore({ file: dataDir.database, url });
  try {
    const barrier = await unseal(store, loadConfig({ env: {}, flags: { dataDir: directory, dev: true } }), dataDir);
    const report = await verifyAuditLog(dataDir.audit, barrier.deriveKey('audit'), checkpointsIn(store));
    barrier.destroy();
    return { report, waiting: (await listOutbox(store.db)).length };
  } finally {
    await store.close();
  }
}

/** The audit log of a stopped server, as its own verification sees it. */
export async function openStoppedAudit(directory: string) {
  const dataDir = openDataDir(directory, false);
  const store = await openStore({ file: dataDir.database });
  const barrier = await unseal(store, loadConfig({ env: {}, flags: { dataDir: directory, dev: true } }), dataDir);
  const key = barrier.deriveKey('audit');
  barrier.destroy();
  return { directory: dataDir.audit, key, checkpoints: checkpointsIn(store), close: () => store.close() };
}

/** Every audit record on the disk, in order. */
export function* auditRecords(directory: string): Generator<AuditRecord> {
  const folder = openDataDir(directory, false).audit;
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).sort()) {
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n')) {
      // The first line of a file is its header; a crash may have cut off the last one.
      if (line.startsWith('{"seq":') && line.endsWith('}')) yield JSON.parse(line) as AuditRecord;
    }
  }
}
