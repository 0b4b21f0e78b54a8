/** `npm run generate`: makes every `src/…/gen` from the templates beside the contracts in `proto/`, and the reference pages. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { generateErrors } from './errors.ts';
import { generateOperations } from './operations.ts';

const root = join(import.meta.dirname, '..', '..');
// The generator is started as `node`, and that has to be the Node which runs this.
const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}` };

for (const template of globSync('proto/*/buf.gen.yaml', { cwd: root })) {
  const { status } = spawnSync(join(root, 'node_modules', '.bin', 'buf'), ['generate', '--template', template], {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  if (status !== 0) {
    process.stderr.write(`error: buf generate failed for ${template}\n`);
    process.exitCode = 1;
  }
}
generateErrors(root);
generateOperations(root);
