import { createClient } from '../../client/client.ts';
import { acceptInvitation } from '../../contract/invitations/accept.ts';
import { acceptAsUser } from '../../contract/users/accept.ts';
import type { CommandParts } from '../commands/command-parts.ts';
import { addServerFlags } from '../common-flags.ts';
import { findServer } from '../session/login.ts';
import { openSession } from '../session/session.ts';
import { commandAt } from '../tree/command-path.ts';
import { addExamples } from '../tree/help-text.ts';
import { readNewSecret, readSecret } from './secret-input.ts';

interface AcceptFlags {
  readonly url?: string;
  readonly apiKeyFile?: string;
  readonly tokenFile?: string;
  readonly passwordFile?: string;
  readonly name?: string;
  readonly account?: string;
}

/** `account invitation-accept`: as somebody new, or as who one is logged in as. */
export function addInvitationAccept({ program, io }: CommandParts): void {
  const command = commandAt(program, ['account', 'invitation-accept'])
    .description(acceptInvitation.summary)
    .option('--token-file <file>', 'file that holds the token of the invitation; asked for if absent')
    .option('--password-file <file>', 'file that holds your password, the one to set if you are new; asked for if absent')
    .option('--name <name>', 'what you are called, if you are new')
    .option('-c, --account <id>', 'accept as who you are logged in as, in this other account');
  addServerFlags(command);
  addExamples(command, [
    'account invitation-accept --url https://rootward.example.com:8443 --name "Ada Lovelace"',
    'account invitation-accept -c 0123456789abcdef0123456789abcdef --token-file invitation.txt',
  ]);
  command.action(async (flags: AcceptFlags) => {
    const token = (await readSecret(io, flags.tokenFile, 'Invitation token: ')).trim();
    if (flags.account !== undefined) {
      const { client } = openSession(flags, io);
      await client.call(acceptAsUser, { headers: { 'invitation-token': token }, body: { account_id: flags.account } });
      io.err(`You are a user of it: rootward login -c ${flags.account}\n`);
      return;
    }
    const url = findServer(flags, io);
    const password = await readNewSecret(io, flags.passwordFile, 'Password');
    const body = { token, password, ...(flags.name !== undefined && { name: flags.name }) };
    const { account_id, email } = await createClient({ url }).call(acceptInvitation, { body });
    io.err(`You are a user of the account: rootward login -u ${email} -c ${account_id}\n`);
  });
}
