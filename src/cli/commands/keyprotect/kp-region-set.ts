import { RootwardError } from '../../../contract/errors.ts';
import { readPreferences, writePreferences } from '../../session/preferences.ts';
import { commandAt } from '../../tree/command-path.ts';
import { addExamples } from '../../tree/help-text.ts';
import type { CommandParts } from '../command-parts.ts';

const REGION = /^[a-z][a-z0-9-]{1,31}$/;

/** `kp region-set`: the region of new instances where a command names none. */
export function addRegionSet({ program, io }: CommandParts): void {
  const command = commandAt(program, ['kp', 'region-set'])
    .description('Choose the region of new instances, or show it')
    .argument('[region]', 'such as us-south; shows the chosen one if absent')
    .option('-u, --unset', 'choose none');
  addExamples(command, ['kp region-set us-south', 'kp region-set', 'kp region-set --unset']);
  command.action((region: string | undefined, { unset }: { readonly unset?: boolean }) => {
    const { region: chosen, ...others } = readPreferences(io.env);
    if (unset) {
      if (region !== undefined) throw new RootwardError('USAGE', { message: 'Give a region or --unset, not both.' });
      writePreferences(io.env, others);
      io.err('No region is chosen.\n');
    } else if (region === undefined) {
      if (chosen === undefined) io.err('No region is chosen.\n');
      else io.out(`${chosen}\n`);
    } else {
      if (!REGION.test(region)) throw new RootwardError('USAGE', { message: `"${region}" is not the name of a region.` });
      writePreferences(io.env, { ...others, region });
      io.err(`New instances are made in ${region}.\n`);
    }
  });
}
