import { setOwnPassword } from '../../contract/users/set-password.ts';
import type { CommandParts } from '../commands/command-parts.ts';
import { addServerFlags } from '../common-flags.ts';
import { openSession } from '../session/session.ts';
import { commandAt } from '../tree/command-path.ts';
import { addExamples } from '../tree/help-text.ts';
import { readNewSecret, secretIn } from './secret-input.ts';

interface PasswordFlags {
  readonly url?: string;
  readonly apiKeyFile?: string;
  readonly oldPasswordFile?: string;
  readonly passwordFile?: string;
}

/** `account password set`: also how the first owner, who has an API key only, gets one. */
export function addAccountPassword({ program, io }: CommandParts): void {
  const command = commandAt(program, ['account', 'password', 'set'])
    .description(setOwnPassword.summary)
    .option('--password-file <file>', 'file that holds the new password; asked for if absent')
    .option('--old-password-file <file>', 'file that holds the old one, if you have one');
  addServerFlags(command);
  addExamples(command, ['account password set', 'account password set --password-file new.txt --old-password-file old.txt']);
  command.action(async (flags: PasswordFlags) => {
    const { client } = openSession(flags, io);
    const old =
      flags.oldPasswordFile !== undefined
        ? secretIn(flags.oldPasswordFile)
        : flags.passwordFile === undefined
          ? await io.ask('Old password (empty if you have none): ', true)
          : '';
    const new_password = await readNewSecret(io, flags.passwordFile, 'New password');
    await client.call(setOwnPassword, { body: { new_password, ...(old !== '' && { old_password: old }) } });
    io.err('The password is set. Every other login of yours has ended.\n');
  });
}
