import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { Option } from 'commander';
import type { NewBackup } from '../../contract/backups/backup.ts';
import { createBackup } from '../../contract/backups/create.ts';
import { RootwardError } from '../../contract/errors.ts';
import { instantText } from '../../contract/views/column.ts';
import { addOutputFlags, addServerFlags } from '../common-flags.ts';
import type { Io } from '../io.ts';
import { addDataFlags, addStoreFlags, type LocalFlags, readConfig } from '../local/local-config.ts';
import { parseFormat, printAnswer } from '../output/print.ts';
import { renderPage } from '../output/table.ts';
import { commandAt } from '../tree/command-path.ts';
import { openCall } from '../tree/from-operation.ts';
import { addExamples } from '../tree/help-text.ts';
import type { CommandParts } from './command-parts.ts';

/** `backup create`, `backup verify`, `backup restore`; `backup list` follows from its operation. */
export function addBackup(parts: CommandParts): void {
  addCreate(parts);
  addVerify(parts);
  addRestore(parts);
}

interface BackupFlags extends LocalFlags {
  readonly output: string;
  readonly quiet?: boolean;
  readonly recoveryCodeFile?: string;
}

const RECOVERY_CODE = new Option('--recovery-code-file <file>', 'open the archive by the recovery code in this file');

function addCreate({ program, io }: CommandParts): void {
  const command = addStoreFlags(addDataFlags(commandAt(program, ['backup', 'create'])))
    .description('Make a backup of every key and everything else in the store; the server may run meanwhile')
    .argument('[file]', 'new file for the archive; without it, the server makes one in its backup directory')
    .option('--dev', 'the data directory is that of `up --dev`');
  addServerFlags(addOutputFlags(command));
  addExamples(command, ['backup create', 'backup create /mnt/backup/monday.rwbackup --data-dir /var/lib/rootward']);
  command.action(async (file: string | undefined, flags: BackupFlags) => {
    const format = parseFormat(flags.output);
    const made = (await makeHere(file, flags, io)) ?? (await makeOnServer(file, flags, io));
    if (format !== 'table') return printAnswer(made, undefined, format, io);
    io.out(createdText(made));
    if (made.damaged.length > 0)
      io.err(`warning: ${made.damaged.length} keys do not open in the store itself; the backup has them as they are\n`);
  });
}

/** Undefined: this machine has no store to read, or no file was named. */
async function makeHere(file: string | undefined, flags: LocalFlags, io: Io): Promise<NewBackup | undefined> {
  if (file === undefined) return undefined;
  const { backupHere, hasStoreHere } = await import('../../server/operate/archives/backup-here.ts');
  const config = await readConfig(flags, io);
  if (!hasStoreHere(config) && flags.dataDir === undefined) return undefined;
  return await backupHere(config, resolve(io.cwd, file), (text) => io.err(`warning: ${text}\n`));
}

async function makeOnServer(file: string | undefined, flags: object, io: Io): Promise<NewBackup> {
  const { session } = openCall(flags as Readonly<Record<string, unknown>>, {}, io);
  const body = file === undefined ? {} : { file: isAbsolute(file) || !file.includes('/') ? file : resolve(io.cwd, file) };
  return await session.client.call(createBackup, { body });
}

function createdText(made: NewBackup): string {
  return renderPage([
    ['Backup', made.id],
    ['Location', made.location],
    ['Made', instantText(made.createdAt)],
    ['Keys', String(made.keys)],
    ['Key Versions', String(made.keyVersions)],
    ['Bytes', String(made.bytes)],
  ]);
}

function addVerify({ program, io }: CommandParts): void {
  const command = addDataFlags(commandAt(program, ['backup', 'verify']))
    .description('Prove that a backup is whole: authenticate all of it, open every key and unwrap a canary with each')
    .argument('<file>', 'the archive')
    .addOption(RECOVERY_CODE)
    .option('--dev', 'the data directory is that of `up --dev`');
  addOutputFlags(command);
  addExamples(command, [
    'backup verify /mnt/backup/monday.rwbackup',
    'backup verify monday.rwbackup --recovery-code-file /media/usb/rootward-recovery',
  ]);
  command.action(async (file: string, flags: BackupFlags) => {
    const format = parseFormat(flags.output);
    const { verifyBackup } = await import('../../server/operate/archives/verify-backup.ts');
    const facts = await verifyBackup(await readConfig(flags, io), resolve(io.cwd, file), recoveryCode(flags, io));
    if (format !== 'table') return printAnswer(facts, undefined, format, io);
    io.out(renderPage(factLines(facts)));
    warnOfDamage(facts, io);
    if (!flags.quiet) io.err('The backup is whole: every key in it opens.\n');
  });
}

interface RestoreFlags extends BackupFlags {
  readonly dryRun?: boolean;
  readonly epoch?: string;
  readonly ownerApiKeyFile?: string;
}

function addRestore({ program, io }: CommandParts): void {
  const command = addStoreFlags(addDataFlags(commandAt(program, ['backup', 'restore'])))
    .description('Bring a backup into an empty data directory or database; all of it or nothing')
    .argument('<file>', 'the archive')
    .addOption(RECOVERY_CODE)
    .option('--dry-run', 'verify the archive and say what would be restored, and change nothing')
    .option('--epoch <number>', 'at least this restore epoch: for a backup that was restored before')
    .option('--owner-api-key-file <file>', "make a new API key of the account's owner and write it to this new file (0600)")
    .option('--dev', 'make the data directory one of `up --dev`');
  addOutputFlags(command);
  addExamples(command, [
    'backup restore monday.rwbackup --data-dir /var/lib/rootward --recovery-code-file /media/usb/rootward-recovery',
    'backup restore monday.rwbackup --data-dir /var/lib/rootward --dry-run',
  ]);
  command.action(async (file: string, flags: RestoreFlags) => {
    const format = parseFormat(flags.output);
    const { restoreBackup } = await import('../../server/operate/archives/restore-backup.ts');
    const restored = await restoreBackup(await readConfig(flags, io), resolve(io.cwd, file), {
      recoveryCode: recoveryCode(flags, io),
      dryRun: flags.dryRun === true,
      atLeastEpoch: epochOf(flags),
      ownerApiKeyFile: flags.ownerApiKeyFile === undefined ? undefined : resolve(io.cwd, flags.ownerApiKeyFile),
    });
    if (format !== 'table') return printAnswer(restored, undefined, format, io);
    io.out(
      renderPage([
        ['Restored To', restored.dryRun ? `nothing (dry run); would be ${restored.target}` : restored.target],
        ...factLines(restored),
        ['Epoch After', String(restored.newEpoch)],
      ]),
    );
    warnOfDamage(restored, io);
    if (!flags.quiet && !restored.dryRun) io.err('Restored. Start the server; every cluster is proved again.\n');
  });
}

interface Facts {
  readonly id: string;
  readonly createdAt: string;
  readonly epoch: number;
  readonly instances: number;
  readonly keys: number;
  readonly keyVersions: number;
  readonly clusters: number;
  readonly newestKey?: { readonly id: string; readonly createdAt: string };
  readonly damagedBefore: readonly string[];
}

function factLines(facts: Facts): [string, string][] {
  const { newestKey } = facts;
  return [
    ['Backup', facts.id],
    ['Made', instantText(facts.createdAt)],
    ['Epoch', String(facts.epoch)],
    ['KMS Instances', String(facts.instances)],
    ['Keys', String(facts.keys)],
    ['Key Versions', String(facts.keyVersions)],
    ['Newest Key', newestKey ? `${newestKey.id} of ${instantText(newestKey.createdAt)}` : ''],
    ['Clusters', String(facts.clusters)],
  ];
}

function warnOfDamage({ damagedBefore }: Facts, io: Io): void {
  if (damagedBefore.length === 0) return;
  io.err(`warning: these did not open when the backup was made, and are in it as they were: ${damagedBefore.join(', ')}\n`);
}

function recoveryCode({ recoveryCodeFile }: BackupFlags, { cwd }: Io): string | undefined {
  return recoveryCodeFile === undefined ? undefined : readFileSync(resolve(cwd, recoveryCodeFile), 'utf8').trim();
}

function epochOf({ epoch }: RestoreFlags): number | undefined {
  if (epoch === undefined) return undefined;
  if (/^\d{1,9}$/.test(epoch)) return Number(epoch);
  throw new RootwardError('USAGE', { message: `--epoch takes a whole number, not "${epoch}".` });
}
