import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OPERATIONS } from '../contract/operations.ts';
import type { Barrier } from '../crypto/barrier.ts';
import { openStore, type Store } from '../store/store.ts';
import { type Composed, compose } from './compose.ts';
import type { Config } from './config.ts';
import { createHosting } from './hosting.ts';
import { createHttp } from './http.ts';
import { createLog, type Log } from './log.ts';
import { serveLoginPages } from './login-pages/serve-login-pages.ts';
import { type DataDir, openDataDir } from './operate/data-dir.ts';
import { type Installation, openInstallation } from './operate/first-start.ts';
import { drain } from './operate/listeners/drain.ts';
import {
  type Address,
  asListenError,
  checkProxies,
  hostInUrl,
  parseListen,
  refusePlainHttpOutside,
} from './operate/listeners/listen.ts';
import { createPrivateListener } from './operate/listeners/private-listener.ts';
import { createManagement } from './operate/management.ts';
import { claimHosting, inTurn, replicaName, takeReplicaName } from './operate/replica.ts';
import { firstApiKeyFile, unseal } from './operate/unseal.ts';
import { readVersion } from './operate/version.ts';
import { checkingAnswers, isCheckingAnswers } from './reference/answer-check.ts';
import { serveReference } from './reference/serve-reference.ts';

export interface RunningServer {
  readonly url: string;
  readonly consoleUrl: string;
  /** Where callers of the private network find every API; only with the setting `privateListen`. */
  readonly privateUrl?: string;
  readonly managementUrl: string;
  readonly serverId: string;
  readonly accountId: string;
  readonly resourceGroupId: string;
  readonly region: string;
  readonly dataDir: string;
  /** The owner's API key; only with `dev`. */
  readonly apiKey?: string;
  /** The file that holds the first API key, until somebody deletes it. */
  readonly apiKeyFile?: string;
  /** Stops taking requests, finishes those under way, and stops hosted clusters only if asked to. */
  close(options: { readonly withClusters: boolean }): Promise<void>;
}

/**
 * Starts the server on a data directory. Throws DATA_DIR_IN_USE, REPLICA_IN_USE, STORE_UNAVAILABLE, PORT_TAKEN, CONFIG, SEAL_KEY,
 * SEAL_MISMATCH or AUDIT_CHAIN.
 */
export async function startServer(config: Config): Promise<RunningServer> {
  const address = parseListen(config.listen, 'listen');
  const managementAddress = parseListen(config.managementListen, 'managementListen');
  refusePlainHttpOutside(config.tls !== undefined, address, 'listen');
  const log = createLog({ level: config.logLevel });
  const dataDir = openDataDir(config.dataDir, true);
  const store = await openStore({ file: dataDir.database, url: config.store.url });
  try {
    const replica = replicaName(config, dataDir);
    await takeReplicaName(store, replica);
    const { barrier, installation } = await inTurn(store, () => openUp(store, config, dataDir));
    return await serve({ config, log, dataDir, store, replica, barrier, installation, address, managementAddress });
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function openUp(store: Store, config: Config, dataDir: DataDir) {
  const barrier = await unseal(store, config, dataDir);
  const installation = await openInstallation({
    store,
    barrier,
    dataDir,
    region: config.region,
    isDev: config.dev,
    firstApiKeyFile: firstApiKeyFile(config, dataDir),
  });
  return { barrier, installation };
}

interface Opened {
  readonly config: Config;
  readonly log: Log;
  readonly dataDir: DataDir;
  readonly store: Store;
  readonly replica: string;
  readonly barrier: Barrier;
  readonly installation: Installation;
  readonly address: Address;
  readonly managementAddress: Address;
}

async function serve(opened: Opened): Promise<RunningServer> {
  const { config, log, dataDir, store, replica, barrier, installation, address, managementAddress } = opened;
  if (installation.apiKeyFile !== undefined)
    log.warn(
      { file: installation.apiKeyFile },
      "the owner's first API key lies there in clear: keep it elsewhere and delete the file",
    );
  let url = '';
  const tls = config.tls && { cert: readFileSync(config.tls.certFile, 'utf8'), key: readFileSync(config.tls.keyFile, 'utf8') };
  const privateListener = createPrivateListener(config, tls);
  let closing = false;
  let draining = false;
  const parts = {
    config,
    dataDir,
    store,
    barrier,
    log,
    serverId: installation.serverId,
    replica,
    origin: () => url,
    privatePort: privateListener.port,
  };
  const hosting = createHosting(parts, await claimHosting(store, config, replica));
  const composed = await compose(parts, hosting.handlers);
  if (composed.recoveredRecords > 0)
    log.warn({ records: composed.recoveredRecords }, 'audit records of changes before a crash were brought into the chain');
  const facing = {
    pipeline: isCheckingAnswers() ? checkingAnswers(composed.pipeline) : composed.pipeline,
    serverId: installation.serverId,
    newId: () => randomUUID(),
    log,
  };
  const http = createHttp({
    ...facing,
    isDraining: () => draining,
    trustedProxies: checkProxies(config.trustedProxies),
    ...(tls && { tls }),
  });
  http.server.maxConnections = config.limits.maxConnections;
  serveReference(http, OPERATIONS, readVersion());
  serveLoginPages(http, { ...facing, isSecure: () => (config.login.publicUrl ?? url).startsWith('https:') });
  const management = createManagement(composed.metrics.registry, {
    unready: () => [...(closing ? ['the server is shutting down'] : []), ...composed.auditor.problems()],
  });
  try {
    await http.listen(address).catch((error: unknown) => {
      throw asListenError(error, address, '--listen');
    });
    url = `${tls ? 'https' : 'http'}://${hostInUrl(address)}:${(http.server.address() as AddressInfo).port}`;
    await privateListener.listen(http);
    await hosting.listen(http);
    await listenManagement(management, managementAddress);
  } catch (error) {
    await hosting.stop(false);
    await privateListener.close();
    await http.close();
    await composed.auditor.close();
    throw error;
  }
  const managementUrl = `http://${hostInUrl(managementAddress)}:${(management.address() as AddressInfo).port}`;
  writeFileSync(dataDir.serverFile, JSON.stringify({ url, managementUrl, serverId: installation.serverId, pid: process.pid }), {
    mode: 0o600,
  });
  hosting.start();
  composed.scheduler.start();
  composed.backupSchedule.start();
  composed.loginCounts.start();
  log.info({ url, managementUrl, dataDir: dataDir.root }, 'rootward is ready');
  return describe(installation, { url, privateUrl: privateListener.url, managementUrl, dataDir }, async ({ withClusters }) => {
    if (closing) return;
    closing = true;
    await composed.scheduler.stop();
    await composed.backupSchedule.stop();
    await hosting.stop(withClusters);
    draining = true;
    await Promise.all([drain(http.server, () => http.close()), privateListener.close()]);
    await close(management);
    await finish(composed, store, barrier, dataDir);
  });
}

function describe(
  installation: Installation,
  at: { url: string; privateUrl: string | undefined; managementUrl: string; dataDir: DataDir },
  shut: RunningServer['close'],
): RunningServer {
  const { url, privateUrl, managementUrl, dataDir } = at;
  return {
    ...installation,
    url,
    ...(privateUrl !== undefined && { privateUrl }),
    managementUrl,
    consoleUrl: `${url}/console/`,
    dataDir: dataDir.root,
    close: shut,
  };
}

async function finish(composed: Composed, store: Store, barrier: Barrier, dataDir: DataDir): Promise<void> {
  await composed.loginCounts.stop();
  await composed.auditor.close();
  barrier.destroy();
  await store.close();
  rmSync(dataDir.serverFile, { force: true });
}

function listenManagement(server: Server, address: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(asListenError(error, address, '--management-listen')));
    server.listen(address.port, address.host, resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
