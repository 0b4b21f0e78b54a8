import { writeFileSync } from 'node:fs';
import { RootwardError } from '../../contract/errors.ts';
import type { RecoveredAccess } from '../../server/operate/recover-account.ts';
import type { CommandParts } from '../commands/command-parts.ts';
import type { Io } from '../io.ts';
import { addDataFlags, type LocalFlags, readConfig } from '../local/local-config.ts';
import { commandAt } from '../tree/command-path.ts';
import { addExamples } from '../tree/help-text.ts';

type Flags = LocalFlags & {
  readonly account?: string;
  readonly user?: string;
  readonly resetPassword?: boolean;
  readonly file?: string;
};

/** `account recover`: the way back into an account whose owner has lost password and API keys. */
export function addAccountRecover({ program, io }: CommandParts): void {
  const command = addDataFlags(commandAt(program, ['account', 'recover']))
    .summary('Let an owner who has lost password and API keys back in, on the machine of the server')
    .description(
      'Make an API key for the owner of an account, on the machine of the server itself, when he has lost all of his. Needs no login, but the seal and the rights of the server on its data; one with an embedded store must not run meanwhile. It is on record in the audit log',
    )
    .option('-c, --account <account>', 'the account, by id or name; may be left out where there is only one')
    .option('-u, --user <user>', 'another user of the account instead of its owner, by e-mail address or IAM id')
    .option('--reset-password', 'also take away the password that he has forgotten, and end his logins by it')
    .option('--file <file>', 'write the API key to this new file (0600) instead of showing it')
    .option('--dev', 'the data directory is that of `up --dev`');
  addExamples(command, [
    'account recover --data-dir /var/lib/rootward',
    'account recover -c payments --reset-password --file /root/owner.key',
    'account recover -c payments -u ada@example.com',
  ]);
  command.action(async (flags: Flags) => {
    const { account, user, resetPassword, file } = flags;
    if (file === undefined && !io.errIsTerminal) {
      throw new RootwardError('USAGE', {
        message: 'The API key is shown on a terminal only.',
        hint: 'Name a new file with --file.',
      });
    }
    const { recoverAccess } = await import('../../server/operate/recover-account.ts');
    const keep = ({ secret }: RecoveredAccess): void => {
      if (file !== undefined) writeNew(file, secret);
    };
    const wanted = { account, user, ...(resetPassword && { resetPassword }) };
    tell(await recoverAccess(await readConfig(flags, io), wanted, keep), file, io);
  });
}

function writeNew(file: string, secret: string): void {
  try {
    writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx', flush: true });
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'EEXIST' ? 'it is there already' : (cause as Error).message;
    throw new RootwardError('USAGE', { message: `${file} was not written, and nothing was changed: ${why}.`, cause });
  }
}

function tell({ account, user, kind, label, secret, hasNoPassword }: RecoveredAccess, file: string | undefined, io: Io): void {
  const what = kind === 'api-key' ? `API key "${label}"` : `invitation, good until ${label},`;
  io.err(`A new ${what} for ${user.email} in the account ${account.name} (${account.id}).\n`);
  io.err(file === undefined ? `${secret}\nIt is not shown again.\n` : `It is in ${file}: hand it over, and delete the file.\n`);
  if (kind === 'invitation') {
    io.err('Next: rootward account invitation-accept\n');
    return;
  }
  const from = file === undefined ? 'FILE' : file;
  if (hasNoPassword) io.err(`His password is gone. Next: rootward account password set --api-key-file ${from}\n`);
  else io.err(`Next: rootward login --api-key-file ${from}\n`);
  io.err(
    'What he had before still counts: look for keys that somebody else may have (rootward iam api-keys), and delete them.\n',
  );
}
