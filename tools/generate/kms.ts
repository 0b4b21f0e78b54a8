import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

/** Generates src/kms-plugin/gen from proto/kms. Throws when buf fails. */
export function generateKms(root: string): void {
  const bin = join(root, 'node_modules', '.bin');
  const result = spawnSync(join(bin, 'buf'), ['generate'], {
    cwd: join(root, 'proto', 'kms'),
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` },
    stdio: 'inherit',
  });
  if (result.status !== 0) throw new Error('buf generate failed for proto/kms');
}

if (import.meta.main) generateKms(join(import.meta.dirname, '..', '..'));
