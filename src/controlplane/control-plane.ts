import { mkdirSync, rmSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { RootwardError } from '../contract/errors.ts';
import { ensureClusterFile, replaceTakenPorts } from './addresses.ts';
import { type ClusterFile, readClusterFile } from './cluster-file.ts';
import { etcdDataDirectory } from './cluster-paths.ts';
import type { ControlPlaneLogEntry, ControlPlaneStatus } from './control-plane-status.ts';
import { describeControlPlane } from './describe-control-plane.ts';
import type { DesiredControlPlane } from './desired-control-plane.ts';
import { encryptionConfigSha256, ensureEncryptionConfig } from './encryption-config.ts';
import { probe } from './health.ts';
import { materialise } from './pki/materialise.ts';
import { ensureRuntimeDirectory, removeRuntimeDirectory } from './pki/runtime-directory.ts';
import {
  agentProcess,
  apiserverProcesses,
  type ControlPlaneBinaries,
  etcdProcess,
  pathsOf,
  pluginProcesses,
  type WantedProcess,
} from './process-specs.ts';
import { type ProcessRole, readRecords } from './processes/process-record.ts';
import { SupervisedProcess } from './processes/supervised-process.ts';
import { Readiness } from './readiness.ts';

export interface ControlPlaneParts {
  /** Finds, downloads or builds the two programs; may take long. Throws BINARIES_UNAVAILABLE. */
  readonly binaries: () => Promise<ControlPlaneBinaries>;
  readonly log: (entry: ControlPlaneLogEntry) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Directories on tmpfs in order of preference. */
  readonly runtimeCandidates: readonly string[];
}

const STOP_ORDER: readonly ProcessRole[] = ['cluster-agent', 'kube-apiserver', 'kms-plugin', 'etcd'];
const ETCD_POLL_MS = 100;
const RETRY_MS = 2000;
/** Programs that were found nowhere are looked for again, but not so often that a download is tried all the time. */
const MISSING_RETRY_MS = 5 * 60_000;

/**
 * One hosted control plane. It compares what is wanted with what runs, in passes of which one runs at a time; everything that may
 * have changed something (a new wish, the end of a process, a timer) only asks for another pass.
 */
export class ControlPlane {
  readonly #parts: ControlPlaneParts;
  readonly #slots = new Map<string, SupervisedProcess>();
  readonly #readiness = new Map<string, Readiness>();
  #desired: DesiredControlPlane;
  #binaries: ControlPlaneBinaries | null = null;
  #lookingForBinaries = false;
  #passFailure: unknown = null;
  #binariesFailure: unknown = null;
  #queue: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  #dueAt = 0;
  #closed = false;

  constructor(desired: DesiredControlPlane, parts: ControlPlaneParts) {
    if (!isAbsolute(desired.directory)) throw new TypeError('the directory of a control plane has to be an absolute path');
    this.#desired = desired;
    this.#parts = parts;
    for (const { role, index } of readRecords(desired.directory)) this.#slot(role, index);
  }

  /** Records the wish and makes one pass. Resolves when what has to stop has stopped and what can start was started. */
  async apply(desired: DesiredControlPlane): Promise<void> {
    if (this.#closed) throw new RootwardError('SHUTTING_DOWN');
    this.#desired = desired;
    this.#binariesFailure = null;
    await this.#pass();
  }

  status(): ControlPlaneStatus {
    return describeControlPlane({
      desired: this.#desired,
      file: readClusterFile(this.#desired.directory),
      processes: [...this.#slots.values()],
      readiness: this.#readiness,
      failure: this.failure,
    });
  }

  /** Why the programs are missing, or what the last pass failed with; null when neither is so. */
  get failure(): unknown {
    return this.#binariesFailure ?? this.#passFailure;
  }

  /** Stops every child in order and removes the keys from tmpfs. */
  async stop(): Promise<void> {
    this.#close();
    await this.#queue;
    await this.#stopRoles(STOP_ORDER);
    const file = readClusterFile(this.#desired.directory);
    if (file !== null) removeRuntimeDirectory(file.runtime);
  }

  /** Lets every child run on without us. */
  detach(): void {
    this.#close();
    for (const slot of this.#slots.values()) slot.detach();
  }

  limitLogs(): void {
    for (const slot of this.#slots.values()) slot.limitLog();
  }

  #close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const readiness of this.#readiness.values()) readiness.close();
    this.#readiness.clear();
  }

  #pass(): Promise<void> {
    const pass = this.#queue.then(async () => {
      if (this.#closed) return;
      await this.#reconcile();
      this.#passFailure = null;
    });
    this.#queue = pass.catch((error: unknown) => {
      this.#passFailure = error;
      this.#log('error', `The control plane could not be brought to the wanted state: ${messageOf(error)}`);
      this.#passLater(RETRY_MS);
    });
    return pass;
  }

  #passLater(delayMs: number): void {
    if (this.#closed) return;
    const dueAt = this.#parts.now() + delayMs;
    // The earliest request wins; that pass asks again for whatever it finds too early.
    if (this.#timer !== null && this.#dueAt <= dueAt) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      // The failure of a pass is kept by #pass itself.
      this.#pass().catch(() => undefined);
    }, delayMs);
    this.#timer.unref();
  }

  async #reconcile(): Promise<void> {
    const desired = this.#desired;
    if (desired.state === 'removed') return this.#remove();
    if (desired.state === 'suspended') await this.#stopRoles(['kube-apiserver']);
    // Ports, keys and directories first: whoever supplies the plugin has to know its socket, however long the programs take to come.
    const file = await this.#prepare(desired);
    const binaries = this.#knownBinaries();
    if (binaries === null) return;
    const etcd = etcdProcess(desired, file, binaries);
    if (!(await this.#ensure(etcd))) return;
    await this.#ensureExactly('kms-plugin', pluginProcesses(desired, file));
    if (desired.state === 'running') await this.#ensureApiservers(apiserverProcesses(desired, file, binaries), etcd);
    const agent = agentProcess(desired, file);
    await this.#ensureExactly('cluster-agent', agent === null ? [] : [agent]);
  }

  /** Null while they are looked for: a build takes minutes, and a suspension must not wait for it. */
  #knownBinaries(): ControlPlaneBinaries | null {
    if (this.#binaries !== null) return this.#binaries;
    if (this.#lookingForBinaries) return null;
    this.#lookingForBinaries = true;
    this.#parts.binaries().then(
      (binaries) => {
        this.#lookingForBinaries = false;
        this.#binaries = binaries;
        this.#binariesFailure = null;
        this.#passLater(0);
      },
      (error: unknown) => {
        this.#lookingForBinaries = false;
        this.#binariesFailure = error;
        this.#log('error', error instanceof RootwardError && error.hint ? `${error.message} ${error.hint}` : messageOf(error));
        this.#passLater(MISSING_RETRY_MS);
      },
    );
    return null;
  }

  async #prepare(desired: DesiredControlPlane): Promise<ClusterFile> {
    mkdirSync(desired.directory, { recursive: true, mode: 0o700 });
    const count = desired.apiserverCount ?? 1;
    const { file, chosen } = await ensureClusterFile(desired.directory, count, this.#parts.runtimeCandidates);
    if (chosen?.inMemory === false) {
      this.#log('warn', `No tmpfs can be used, so private keys of this cluster are on the disk in ${chosen.path} while it runs.`);
    }
    ensureRuntimeDirectory(file.runtime);
    const paths = pathsOf(desired, file);
    materialise(desired.pki, { shared: paths.shared.directory, secret: paths.secret.directory });
    mkdirSync(etcdDataDirectory(desired.directory, 0), { recursive: true, mode: 0o700 });
    for (let index = 0; index < count; index += 1) {
      ensureEncryptionConfig(desired.directory, index);
      mkdirSync(join(file.runtime, `kms-${index}`), { recursive: true, mode: 0o750 });
    }
    return file;
  }

  async #ensureApiservers(wanted: readonly WantedProcess[], etcd: WantedProcess): Promise<void> {
    const missing = wanted.some((one) => this.#slot(one.role, one.index).identity === null);
    if (missing && !(await this.#etcdAnswers(etcd))) return this.#passLater(ETCD_POLL_MS);
    await this.#ensureExactly('kube-apiserver', wanted);
    for (const one of wanted) this.#watchReadiness(one);
  }

  async #etcdAnswers(etcd: WantedProcess): Promise<boolean> {
    const file = readClusterFile(this.#desired.directory);
    if (file === null || etcd.spec.facts.url === undefined) return false;
    const { shared } = pathsOf(this.#desired, file);
    const identity = { authority: shared.etcdAuthority, certificate: shared.etcdClientCertificate, key: shared.etcdClientKey };
    return (await probe(`${etcd.spec.facts.url}/health`, identity)).ok;
  }

  /** Every wanted process of the role runs, and no other one does. */
  async #ensureExactly(role: ProcessRole, wanted: readonly WantedProcess[]): Promise<void> {
    for (const slot of [...this.#slots.values()]) {
      if (slot.slot.role === role && !wanted.some((one) => one.index === slot.slot.index)) await this.#drop(slot);
    }
    for (const one of wanted) if (!(await this.#ensure(one))) return;
  }

  /** True if the process runs now as it should; false if another pass will see to it. */
  async #ensure(wanted: WantedProcess): Promise<boolean> {
    const slot = this.#slot(wanted.role, wanted.index);
    if (slot.runsAs(wanted.spec)) return true;
    if (slot.identity !== null) await slot.stop();
    if (slot.waitMs > 0) {
      this.#passLater(slot.waitMs);
      return false;
    }
    if (await this.#portsChanged(wanted)) {
      this.#passLater(0);
      return false;
    }
    if (this.#closed) return false;
    const { encryptionConfigPath: path } = wanted.spec.facts;
    const facts = path === undefined ? {} : { encryptionConfigSha256: encryptionConfigSha256(path) };
    slot.start({ ...wanted.spec, facts: { ...wanted.spec.facts, ...facts } });
    return slot.identity !== null;
  }

  async #portsChanged({ role, index }: WantedProcess): Promise<boolean> {
    const parts = role === 'etcd' ? (['etcd', 'etcdPeers'] as const) : role === 'kube-apiserver' ? (['apiservers'] as const) : [];
    let changed = false;
    for (const part of parts) {
      const result = await replaceTakenPorts(this.#desired.directory, part, index);
      if (result?.replaced === true) {
        changed = true;
        this.#log('warn', `The port of ${role} was taken by another process; it is now ${result.file[part][index]}.`);
      }
    }
    return changed;
  }

  #watchReadiness({ role, index, spec }: WantedProcess): void {
    const slot = this.#slot(role, index);
    const pid = slot.identity?.pid;
    const known = this.#readiness.get(slot.slot.name);
    if (known !== undefined && known.pid === pid) return;
    known?.close();
    this.#readiness.delete(slot.slot.name);
    const file = readClusterFile(this.#desired.directory);
    if (pid === undefined || spec.facts.url === undefined || file === null || this.#closed) return;
    const { shared, secret } = pathsOf(this.#desired, file);
    const identity = { authority: shared.clusterAuthority, certificate: secret.agentCertificate, key: secret.agentKey };
    this.#readiness.set(slot.slot.name, new Readiness(pid, spec.facts.url, identity));
  }

  async #remove(): Promise<void> {
    await this.#stopRoles(STOP_ORDER);
    const { directory } = this.#desired;
    const file = readClusterFile(directory);
    // The directory names the one on tmpfs, so it goes last.
    if (file !== null) removeRuntimeDirectory(file.runtime);
    rmSync(directory, { recursive: true, force: true });
  }

  async #stopRoles(roles: readonly ProcessRole[]): Promise<void> {
    for (const role of roles) {
      await Promise.all([...this.#slots.values()].filter((slot) => slot.slot.role === role).map((slot) => this.#drop(slot)));
    }
  }

  async #drop(slot: SupervisedProcess): Promise<void> {
    this.#readiness.get(slot.slot.name)?.close();
    this.#readiness.delete(slot.slot.name);
    await slot.stop();
    this.#slots.delete(slot.slot.name);
  }

  #slot(role: ProcessRole, index: number): SupervisedProcess {
    const name = `${role}-${index}`;
    const known = this.#slots.get(name);
    if (known !== undefined) return known;
    const { directory } = this.#desired;
    const slot = new SupervisedProcess(
      { clusterDirectory: directory, name, role, index, logFile: join(directory, `${name}.log`) },
      {
        now: this.#parts.now,
        onEvent: ({ kind, pid, detail }) => {
          const message = detail === undefined ? kind : `${kind}: ${detail}`;
          this.#log(kind === 'killed' || kind === 'crashed' ? 'warn' : 'info', message, { process: name, pid });
        },
        onEnd: () => {
          this.#readiness.get(name)?.close();
          this.#readiness.delete(name);
          this.#passLater(this.#slots.get(name)?.waitMs ?? 0);
        },
      },
    );
    this.#slots.set(name, slot);
    return slot;
  }

  #log(level: ControlPlaneLogEntry['level'], message: string, about: { process?: string; pid?: number } = {}): void {
    this.#parts.log({ level, clusterId: this.#desired.clusterId, message, ...about });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
