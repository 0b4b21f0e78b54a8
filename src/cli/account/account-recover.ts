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
  readonly revokeKeys?: boolean;
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
    .option('--revoke-keys', 'also delete the API keys that he had, but for locked ones; clusters keep theirs')
    .option('--file <file>', 'write the API key to this new file (0600) instead of showing it')
    .option('--dev', 'the data directory is that of `up --dev`');
  addExamples(command, [
    'account recover --data-dir /var/lib/rootward',
    'account recover -c payments --reset-password --revoke-keys --file /root/owner.key',
    'account recover -c payments -u ada@example.com',
  ]);
  command.action(async (flags: Flags) => {
    const { account, user, resetPassword, revokeKeys, file } = flags;
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
    const wanted = { account, user, ...(resetPassword && { resetPassword }), ...(revokeKeys && { revokeKeys }) };
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

function tell(access: RecoveredAccess, file: string | undefined, io: Io): void {
  const { account, user, kind, label, secret, hasNoPassword, wasDisabled } = access;
  const what = kind === 'api-key' ? `API key "${label}"` : `invitation, good until ${label},`;
  io.err(`A new ${what} for ${user.email} in the account ${account.name} (${account.id}).\n`);
  if (wasDisabled) io.err('He was disabled there, and is enabled again.\n');
  io.err(file === undefined ? `${secret}\nIt is not shown again.\n` : `It is in ${file}: hand it over, and delete the file.\n`);
  tellKeys(access, io);
  if (kind === 'invitation') {
    io.err('Next: rootward account invitation-accept\n');
    return;
  }
  const from = file === undefined ? 'FILE' : file;
  if (hasNoPassword) io.err(`His password is gone. Next: rootward account password set --api-key-file ${from}\n`);
  else io.err(`His password, if any, and his logins still count. Next: rootward login --api-key-file ${from}\n`);
}

const ENDS = {
  deleted: 'Deleted',
  locked: 'Locked, so not deleted',
  'in-use': 'Clusters act by these, so they are not deleted',
  kept: 'What he had before still logs in',
} as const;

function tellKeys({ earlierKeys }: RecoveredAccess, io: Io): void {
  for (const state of ['deleted', 'locked', 'in-use', 'kept'] as const) {
    const keys = earlierKeys.filter((key) => key.state === state);
    if (keys.length === 0) continue;
    const lines = keys.map(({ id, name, createdAt }) => `  ${id}  ${new Date(createdAt).toISOString().slice(0, 10)}  ${name}\n`);
    io.err(`${ENDS[state]}:\n${lines.join('')}`);
    for (const command of new Set(keys.flatMap(({ replacedBy }) => replacedBy ?? []))) io.err(`A new one for them: ${command}\n`);
    if (state === 'locked') io.err('To end one: rootward iam api-key-unlock ID, then api-key-delete ID\n');
    if (state === 'kept')
      io.err('Delete what somebody else may have: rootward iam api-key-delete ID, or all by --revoke-keys here\n');
  }
}
