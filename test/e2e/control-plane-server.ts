/** A server with nothing but hosted control planes: applies the wish in the file it is given, says `ready` and stays until it is killed. */
import { readFileSync } from 'node:fs';
import { createControlPlanes } from '../../src/controlplane/control-planes.ts';
import type { DesiredControlPlane } from '../../src/controlplane/desired-control-plane.ts';
import type { ControlPlaneBinaries } from '../../src/controlplane/process-specs.ts';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: control-plane-server.ts FILE');
const { desired, binaries } = JSON.parse(readFileSync(file, 'utf8')) as {
  desired: DesiredControlPlane;
  binaries: ControlPlaneBinaries;
};
const planes = createControlPlanes({
  binaries: async () => binaries,
  log: ({ message, process: name }) => process.stderr.write(`${name ?? ''} ${message}\n`),
});
await planes.apply(desired);
await planes.waitReady(desired.clusterId, 60_000);
process.stdout.write('ready\n');
setInterval(() => undefined, 60_000);
