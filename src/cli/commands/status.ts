import { listBackups } from '../../contract/backups/list.ts';
import { readClock } from '../../contract/clock/read.ts';
import { listClusters } from '../../contract/clusters/list.ts';
import { RootwardError } from '../../contract/errors.ts';
import { listInstances } from '../../contract/instances/list.ts';
import { CLUSTER_LIST } from '../../contract/views/cluster-columns.ts';
import { instantText } from '../../contract/views/column.ts';
import { addOutputFlags, addServerFlags } from '../common-flags.ts';
import { printAnswer } from '../output/print.ts';
import { renderPage, renderTable } from '../output/table.ts';
import type { Session } from '../session/session.ts';
import { openCall } from '../tree/from-operation.ts';
import { addExamples } from '../tree/help-text.ts';
import type { CommandParts } from './command-parts.ts';

/** `status`: whom the command line talks to, what is there, whether scheduled work stands still, and how old the newest backup is. */
export function addStatus({ program, io }: CommandParts): void {
  const command = program.command('status').description('Show which server you use, and its instances and clusters');
  addServerFlags(addOutputFlags(command));
  addExamples(command, ['status', 'status --output json']);
  command.action(async (flags: Readonly<Record<string, unknown>>) => {
    const { session, format } = openCall(flags, {}, io);
    const account = await session.account();
    const { resources } = await session.client.call(listInstances, {});
    const clusters = await session.client.call(listClusters, {});
    const clock = await session.client.call(readClock, {});
    const backups = await readBackups(session);
    if (format !== 'table') {
      const status = { url: session.url, account_id: account.id, resource_group_id: account.resourceGroupId };
      return printAnswer(
        { ...status, clock, instances: resources, clusters, ...(backups && { backups }) },
        undefined,
        format,
        io,
      );
    }
    io.out(
      renderPage([
        ['Server', session.url],
        ['Account', account.id],
        ['KMS instances', String(resources.length)],
        ['Clusters', String(clusters.length)],
        ['Clock', clock.message ?? 'believed'],
        ['Newest Backup', backups === undefined ? '' : instantText(backups.newest) || 'none'],
        ['Key Versions Without Backup', backups === undefined ? '' : String(backups.keyVersionsWithoutBackup)],
      ]),
    );
    if (backups?.warning !== undefined && flags.quiet !== true) io.err(`warning: ${backups.warning}\n`);
    if (clusters.length === 0) return;
    const rows = clusters.map((cluster) => CLUSTER_LIST.map(({ value }) => value(cluster)));
    io.out(
      `\n${renderTable(
        CLUSTER_LIST.map(({ title }) => title),
        rows,
      )}`,
    );
  });
}

interface BackupState {
  readonly newest?: string;
  readonly keyVersionsWithoutBackup: number;
  readonly warning?: string;
}

/** Undefined for callers who do not operate the server: its backups are no matter of theirs. */
async function readBackups({ client }: Session): Promise<BackupState | undefined> {
  try {
    const { backups, keyVersionsWithoutBackup, warning } = await client.call(listBackups, {});
    const newest = backups[0]?.createdAt;
    return {
      ...(newest !== undefined && { newest }),
      keyVersionsWithoutBackup,
      ...(warning !== undefined && { warning }),
    };
  } catch (error) {
    if (error instanceof RootwardError && error.code === 'ACTION_DENIED') return undefined;
    throw error;
  }
}
