import { RootwardError } from '../../contract/errors.ts';
import type { AuditReport } from '../../server/operate/verify-audit.ts';
import { addOutputFlags } from '../common-flags.ts';
import { addDataFlags, type LocalFlags, readConfig } from '../local/local-config.ts';
import { parseFormat, printAnswer } from '../output/print.ts';
import { renderTable } from '../output/table.ts';
import { commandAt } from '../tree/command-path.ts';
import { addExamples } from '../tree/help-text.ts';
import type { CommandParts } from './command-parts.ts';

/** `audit verify`: reads every record of the log and the chain that binds them; works beside a running server. */
export function addAuditVerify({ program, io }: CommandParts): void {
  const command = addDataFlags(commandAt(program, ['audit', 'verify']))
    .description('Prove that no record of the audit log was changed, dropped, moved or cut off')
    .option('--dev', 'the data directory is that of `up --dev`');
  addOutputFlags(command);
  addExamples(command, ['audit verify --data-dir /var/lib/rootward', 'audit verify --output json']);
  command.action(async (flags: LocalFlags & { readonly output: string }) => {
    const format = parseFormat(flags.output);
    const { verifyAudit } = await import('../../server/operate/verify-audit.ts');
    const report = await verifyAudit(await readConfig(flags, io));
    if (format === 'table') io.out(asText(report));
    else await printAnswer(report, undefined, format, io);
    if (!report.ok) throw new RootwardError('AUDIT_CHAIN');
  });
}

function asText(report: AuditReport): string {
  const rows = report.chains.map(({ writer, files, records, problems, elsewhere }) => [
    writer,
    String(files),
    String(records),
    problems.length > 0 ? 'NOT VERIFIED' : elsewhere ? 'not here: written before the restore' : 'verified',
  ]);
  const problems = report.chains.flatMap(({ problems: found }) =>
    found.map(({ file, line, message }) => `${file ?? 'log'}${line === undefined ? '' : `:${line}`}: ${message}\n`),
  );
  return renderTable(['Writer', 'Files', 'Records', 'Result'], rows) + problems.join('');
}
