import { readClock } from '../../contract/clock/read.ts';
import { listClusters } from '../../contract/clusters/list.ts';
import { listInstances } from '../../contract/instances/list.ts';
import { CLUSTER_LIST } from '../../contract/views/cluster-columns.ts';
import { addOutputFlags, addServerFlags } from '../common-flags.ts';
import { openCall } from '../from-operation.ts';
import { addExamples } from '../help-text.ts';
import { printAnswer } from '../output/print.ts';
import { renderPage, renderTable } from '../output/table.ts';
import type { CommandParts } from './command-parts.ts';

/** `status`: whom the command line talks to, what is there, and whether scheduled work stands still. */
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
    if (format !== 'table') {
      const status = { url: session.url, account_id: account.id, resource_group_id: account.resourceGroupId };
      return printAnswer({ ...status, clock, instances: resources, clusters }, undefined, format, io);
    }
    io.out(
      renderPage([
        ['Server', session.url],
        ['Account', account.id],
        ['KMS instances', String(resources.length)],
        ['Clusters', String(clusters.length)],
        ['Clock', clock.message ?? 'believed'],
      ]),
    );
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
