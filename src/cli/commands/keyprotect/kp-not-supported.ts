import { RootwardError } from '../../../contract/errors.ts';
import { commandAt } from '../../tree/command-path.ts';
import { addExamples } from '../../tree/help-text.ts';
import type { CommandParts } from '../command-parts.ts';

/** Words of the other command line that stand for what this server does not have → why, and what there is instead. */
const NOT_SUPPORTED: Readonly<Record<string, { readonly message: string; readonly hint: string }>> = {
  kmip: {
    message: 'KMIP is not supported: this server has no KMIP listener, so there is nothing to manage.',
    hint: 'Root keys wrap and unwrap over the API: `rootward kp key wrap --help`.',
  },
  'crypto-units': {
    message: 'Crypto units are not supported: they belong to dedicated HSMs of IBM Cloud.',
    hint: 'What opens this service is its seal: `rootward seal status`.',
  },
  'crypto-unit': {
    message: 'Crypto units are not supported: they belong to dedicated HSMs of IBM Cloud.',
    hint: 'What opens this service is its seal: `rootward seal status`.',
  },
};

/** Who types such a command learns that it is not there, whatever words and flags come after it. */
export function addNotSupported({ program }: CommandParts): void {
  for (const [word, refusal] of Object.entries(NOT_SUPPORTED)) {
    const command = commandAt(program, ['kp', word])
      .description('Not supported here')
      .argument('[words...]')
      .allowUnknownOption()
      .allowExcessArguments();
    addExamples(command, [`kp ${word}`]);
    command.action(() => {
      throw new RootwardError('NOT_SUPPORTED', refusal);
    });
  }
}
