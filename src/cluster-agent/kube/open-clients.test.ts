import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeClusterFile } from '../../controlplane/cluster-file.ts';
import { clusterPaths } from '../../controlplane/cluster-paths.ts';
import { hostedAccess } from '../cluster-access.ts';
import { openKubeClient } from './open-clients.ts';

let directory: string;
const servers: Server[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'open-clients-'));
  const { shared, secret } = clusterPaths(directory, directory);
  for (const file of [shared.clusterAuthority, secret.agentCertificate, secret.agentKey]) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, '');
  }
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await rm(directory, { recursive: true });
});

async function serve(name: string): Promise<string> {
  const server = createServer((_request, response) => response.end(JSON.stringify({ name })));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('follows an apiserver that was started again on another port', async () => {
  const place = (url: string) => writeClusterFile(directory, { apiservers: [url], etcd: [], etcdPeers: [], runtime: directory });
  place(await serve('first'));
  const kube = await openKubeClient(hostedAccess(directory), 0);
  const name = async () => ((await kube.send({ method: 'GET', path: '/' })).body as { name: string }).name;
  expect(await name()).toBe('first');
  place(await serve('second'));
  expect(await name()).toBe('second');
  await kube.close();
});
