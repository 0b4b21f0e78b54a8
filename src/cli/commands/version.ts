import { readVersion } from '../../server/operate/version.ts';
import type { CommandParts } from './command-parts.ts';

export function addVersion({ program, io }: CommandParts): void {
  program
    .command('version')
    .description('Show the version of this program')
    .action(() => io.out(`rootward ${readVersion()} (Node ${process.version})\n`));
}
