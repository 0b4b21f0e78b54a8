import { addOutputFlags } from '../common-flags.ts';
import { describeBinaries, provideBinaries } from '../local/binaries.ts';
import { addDataFlags, type LocalFlags, readConfig } from '../local/local-config.ts';
import { parseFormat, printAnswer } from '../output/print.ts';
import { commandAt } from '../tree/command-path.ts';
import { addExamples } from '../tree/help-text.ts';
import type { CommandParts } from './command-parts.ts';

/** Commands about this machine's installation that need no server: `config show` and `controlplane fetch`. */
export function addOperate(parts: CommandParts): void {
  addConfigShow(parts);
  addControlplaneFetch(parts);
}

function addConfigShow({ program, io }: CommandParts): void {
  const command = addDataFlags(commandAt(program, ['config', 'show']))
    .description('Show every setting as file, environment and flags give it')
    .option('--dev', 'as `up --dev` would have it');
  addOutputFlags(command);
  addExamples(command, ['config show', 'config show --config /etc/rootward/rootward.yaml --output json']);
  command.action(async (flags: LocalFlags & { readonly output: string }) => {
    const { withoutSecrets } = await import('../../server/config.ts');
    const config = withoutSecrets(await readConfig(flags, io));
    const format = parseFormat(flags.output);
    await printAnswer(config, undefined, format === 'table' ? 'yaml' : format, io);
  });
}

function addControlplaneFetch({ program, io }: CommandParts): void {
  const command = addDataFlags(commandAt(program, ['controlplane', 'fetch'])).description(
    'Find, fetch or build etcd and kube-apiserver for hosted clusters, ahead of the first one',
  );
  addExamples(command, ['controlplane fetch']);
  command.action(async (flags: LocalFlags) => {
    const found = await provideBinaries(await readConfig(flags, io), (line) => io.err(`${line}\n`));
    io.out(describeBinaries(found));
  });
}
