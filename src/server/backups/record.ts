import { Check } from 'typebox/value';
import { BackupReport, recordBackup } from '../../contract/backups/record.ts';
import { RootwardError } from '../../contract/errors.ts';
import { insertBackup, markVersionsBackedUp } from '../../store/backups.ts';
import { type Handler, handle } from '../handler.ts';
import type { BackupDeps } from './backup-deps.ts';
import { isReportMac } from './report-mac.ts';
import { backupTarget } from './target.ts';

/** Takes note of a backup that a command on this machine has made. */
export function recordBackupHandler(deps: BackupDeps): Handler {
  return handle(recordBackup, {
    async resolve(call) {
      const { report, mac } = call.input.body;
      if (!isReportMac(deps.barrier, report, mac)) throw new RootwardError('UNAUTHENTICATED');
      return { target: await backupTarget(deps), record: parse(report) };
    },
    async change(_call, report, tx) {
      if ('backup' in report) await insertBackup(tx, report.backup);
      else await markVersionsBackedUp(tx, report.backupId, report.versions);
      return { output: undefined };
    },
  });
}

function parse(text: string) {
  const report: unknown = JSON.parse(text);
  if (!Check(BackupReport, report)) throw new RootwardError('BAD_BODY', { message: 'The report is not one of a backup.' });
  return report;
}
