import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { RootwardError } from '../../contract/errors.ts';
import { instantText } from '../../contract/views/column.ts';
import { addOutputFlags } from '../common-flags.ts';
import { addDataFlags, type LocalFlags, readConfig } from '../local/local-config.ts';
import { parseFormat, printAnswer } from '../output/print.ts';
import { renderTable } from '../output/table.ts';
import { commandAt } from '../tree/command-path.ts';
import { addExamples } from '../tree/help-text.ts';
import type { CommandParts } from './command-parts.ts';

/** `seal status`, `seal recovery-code create`, `seal restore`. */
export function addSeal(parts: CommandParts): void {
  addStatus(parts);
  addRecoveryCode(parts);
  addRestore(parts);
}

function addStatus({ program, io }: CommandParts): void {
  const command = addDataFlags(commandAt(program, ['seal', 'status']))
    .description('Show what opens the service')
    .option('--dev', 'the data directory is that of `up --dev`');
  addOutputFlags(command);
  addExamples(command, ['seal status', 'seal status --output json']);
  command.action(async (flags: LocalFlags & { readonly output: string; readonly quiet?: boolean }) => {
    const format = parseFormat(flags.output);
    const { readSealStatus } = await import('../../server/operate/recovery-code.ts');
    const status = await readSealStatus(await readConfig(flags, io));
    if (format !== 'table') return printAnswer(status, undefined, format, io);
    io.out(
      renderTable(
        ['Seal', 'Since'],
        status.envelopes.map(({ kind, createdAt }) => [kind, instantText(createdAt)]),
      ),
    );
    if (!status.hasRecoveryCode && !flags.quiet) {
      io.err(
        'warning: there is no recovery code. Losing the seal means losing every key: `rootward seal recovery-code create`\n',
      );
    }
  });
}

function addRecoveryCode({ program, io }: CommandParts): void {
  const command = addDataFlags(commandAt(program, ['seal', 'recovery-code', 'create']))
    .description('Make the code that opens the service when its seal is lost; the server must not run')
    .option('--dev', 'the data directory is that of `up --dev`')
    .option('--file <file>', 'write the code to this new file (0600) instead of showing it');
  addExamples(command, ['seal recovery-code create', 'seal recovery-code create --file /media/usb/rootward-recovery']);
  command.action(async (flags: LocalFlags & { readonly file?: string }) => {
    const { createRecoveryCode } = await import('../../server/operate/recovery-code.ts');
    const { file } = flags;
    const keep = file === undefined ? showAndConfirm(io.err) : writeTo(file);
    if (!(await createRecoveryCode(await readConfig(flags, io), keep))) {
      throw new RootwardError('USAGE', { message: 'The code was not confirmed, so nothing was changed.' });
    }
    io.err(
      file === undefined
        ? 'The recovery code is in force.\n'
        : `The recovery code is in force. Keep ${file} away from this machine.\n`,
    );
  });
}

function writeTo(file: string) {
  return async (code: string): Promise<boolean> => {
    writeFileSync(file, `${code}\n`, { mode: 0o600, flag: 'wx' });
    return true;
  };
}

/** Only a terminal shows the code: in a pipe it would end in a log. */
function showAndConfirm(show: (text: string) => void) {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new RootwardError('USAGE', { message: 'The code is shown on a terminal only.', hint: 'Name a new file with --file.' });
  }
  return async (code: string): Promise<boolean> => {
    show(`Recovery code: ${code}\nWrite it down; it is not shown again.\n`);
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return (await terminal.question('Type the code to confirm: ')).trim() === code;
    } finally {
      terminal.close();
    }
  };
}

function addRestore({ program, io }: CommandParts): void {
  const command = addDataFlags(commandAt(program, ['seal', 'restore']))
    .description('Make a new seal by the recovery code, when the old one is lost; the server must not run')
    .option('--dev', 'the data directory is that of `up --dev`')
    .requiredOption('--recovery-code-file <file>', 'the file that holds the recovery code');
  addExamples(command, ['seal restore --data-dir /var/lib/rootward --recovery-code-file /media/usb/rootward-recovery']);
  command.action(async (flags: LocalFlags & { readonly recoveryCodeFile: string }) => {
    const { restoreSeal } = await import('../../server/operate/recovery-code.ts');
    await restoreSeal(await readConfig(flags, io), readFileSync(flags.recoveryCodeFile, 'utf8'));
    io.err('The service has a new seal. No key and no ciphertext was changed.\n');
  });
}
