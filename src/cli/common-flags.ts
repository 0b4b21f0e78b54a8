import { type Command, Option } from 'commander';

/** Flags of every command that shows data. */
export function addOutputFlags(command: Command): Command {
  return command
    .addOption(new Option('-o, --output <format>', 'table, json or yaml').default('table'))
    .option('-q, --quiet', 'no talk on stderr, only errors');
}

/** Flags of every command that calls a server. */
export function addServerFlags(command: Command): Command {
  return command
    .optionsGroup('Server (otherwise ROOTWARD_URL and ROOTWARD_API_KEY, or the server of `up --dev` here):')
    .option('--url <url>', 'where the server is')
    .option('--api-key-file <file>', 'file that holds your API key');
}
