/** A server with releases of kube-apiserver and etcd on this machine, which can be told to serve them badly. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FoundBinaries, machineDeps } from '../../src/controlplane/binaries/find-binaries.ts';
import { PROGRAMS } from '../../src/controlplane/binaries/programs.ts';

/** `gone`: 404; `changed`: other bytes than the checksum says; `truncated`: the connection ends in the middle; `dead`: no answer. */
export type Service = 'good' | 'gone' | 'changed' | 'truncated' | 'dead';

export interface ReleaseServer {
  service: Service;
  /** Settings of a server that takes its programs from here. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Serves the programs of `found`, or files of a few bytes where there are none: enough for whoever never gets a whole one. */
export async function serveReleases(found: FoundBinaries | null): Promise<ReleaseServer> {
  const root = mkdtempSync(join(tmpdir(), 'rw-releases-'));
  const { architecture } = machineDeps({}, () => {});
  const folder = `etcd-v${PROGRAMS.etcd.version}-linux-${architecture}`;
  mkdirSync(join(root, folder));
  copyFileSync(found?.etcd.path ?? '/bin/sh', join(root, folder, 'etcd'));
  execFileSync('tar', ['-C', root, '-czf', join(root, 'etcd.tar.gz'), folder]);
  const apiserver = found?.['kube-apiserver'].path ?? '/bin/sh';
  const archive = join(root, 'etcd.tar.gz');
  const binary = `/k8s/v${PROGRAMS['kube-apiserver'].version}/bin/linux/${architecture}/kube-apiserver`;
  const release = `/etcd/v${PROGRAMS.etcd.version}`;
  const files = new Map([
    [binary, apiserver],
    [`${release}/${folder}.tar.gz`, archive],
  ]);
  const texts = new Map([
    [`${binary}.sha256`, sha256(apiserver)],
    [`${release}/SHA256SUMS`, `${sha256(archive)}  ${folder}.tar.gz\n`],
  ]);
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const text = texts.get(path);
    const file = files.get(path);
    if (releases.service === 'dead') return response.destroy();
    if (releases.service === 'gone' || (text === undefined && file === undefined)) return response.writeHead(404).end();
    if (text !== undefined || file === undefined) return response.end(text);
    const { size } = statSync(file);
    response.writeHead(200, { 'content-length': size });
    if (releases.service === 'changed') return response.end(Buffer.alloc(size));
    if (releases.service === 'truncated')
      return response.write(readFileSync(file).subarray(0, size / 2), () => response.destroy());
    return createReadStream(file).pipe(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const releases: ReleaseServer = {
    service: 'good',
    env: {
      ROOTWARD_CLUSTERS_KUBERNETES_RELEASE_URL: `http://127.0.0.1:${port}/k8s`,
      ROOTWARD_CLUSTERS_ETCD_RELEASE_URL: `http://127.0.0.1:${port}/etcd`,
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      rmSync(root, { recursive: true, force: true });
    },
  };
  return releases;
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
