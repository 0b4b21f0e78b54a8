import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { limitLog, openLog } from './log-file.ts';
import {
  findMarked,
  identify,
  isRunning,
  isSameProgram,
  MARKER,
  type ProcessIdentity,
  signalProcess,
} from './process-identity.ts';
import {
  type ProcessFacts,
  type ProcessRecord,
  type ProcessRole,
  readRecord,
  removeRecord,
  writeRecord,
} from './process-record.ts';
import { restartDelay } from './restart-delay.ts';
import { takeRestartRequest } from './restart-request.ts';

/** How to start one child. */
export interface ProcessSpec {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly facts: ProcessFacts;
}

export interface ProcessSlot {
  readonly clusterDirectory: string;
  readonly name: string;
  readonly role: ProcessRole;
  readonly index: number;
  readonly logFile: string;
}

export interface ProcessEvent {
  readonly kind: 'started' | 'adopted' | 'ended' | 'restarted on request' | 'crashed' | 'killed';
  readonly pid: number;
  readonly detail?: string;
}

export interface ProcessWatcher {
  readonly now: () => number;
  readonly onEvent: (event: ProcessEvent) => void;
  /** The process ended without being told to by `stop`. */
  readonly onEnd: () => void;
}

/** Between SIGTERM and SIGKILL. */
export const STOP_PATIENCE_MS = 10_000;
const ADOPTED_POLL_MS = 200;
const STOP_POLL_MS = 25;

/** One child of a control plane: started at most once, found again after the death of the server that started it. */
export class SupervisedProcess {
  readonly slot: ProcessSlot;
  readonly #watcher: ProcessWatcher;
  #identity: ProcessIdentity | null = null;
  #record: ProcessRecord | null = null;
  #since = 0;
  #failures = 0;
  #mayStartAt = 0;
  #restarts = 0;
  #stopping = false;
  #poll: NodeJS.Timeout | null = null;
  #lastEnd: string | null = null;

  constructor(slot: ProcessSlot, watcher: ProcessWatcher) {
    this.slot = slot;
    this.#watcher = watcher;
    this.#adopt();
  }

  get identity(): ProcessIdentity | null {
    return this.#identity;
  }

  get record(): ProcessRecord | null {
    return this.#record;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** How the last one ended, for people. */
  get lastEnd(): string | null {
    return this.#lastEnd;
  }

  /** Milliseconds until the back-off allows a start; 0 if it may start now. */
  get waitMs(): number {
    return Math.max(0, this.#mayStartAt - this.#watcher.now());
  }

  runsAs(spec: ProcessSpec): boolean {
    return this.#identity !== null && this.#record?.argsHash === hashOf(spec);
  }

  /** Starts the child in a session of its own. The record is durable before this returns. */
  start(spec: ProcessSpec): void {
    if (this.#identity !== null) return;
    const { clusterDirectory, name, role, index, logFile } = this.slot;
    const intent: ProcessRecord = {
      ...spec.facts,
      name,
      role,
      index,
      argsHash: hashOf(spec),
      process: null,
      startedAt: new Date(this.#watcher.now()).toISOString(),
    };
    // Written first: if we die right after the spawn, the next server finds the child by its marker and this record tells what it runs.
    writeRecord(clusterDirectory, intent);
    const log = openLog(logFile);
    let child: ChildProcess;
    try {
      child = spawn(spec.command, [...spec.args], {
        cwd: clusterDirectory,
        detached: true,
        stdio: ['ignore', log, log],
        env: { ...spec.env, [MARKER]: this.#marker() },
      });
    } finally {
      closeSync(log);
    }
    child.unref();
    child.once('error', (error) => {
      if (child.pid === undefined) this.#ended(null, false, error.message);
    });
    if (child.pid === undefined) return;
    const identity = identify(child.pid);
    child.once('exit', (code, signal) => {
      this.#ended(identity, code === 0 || signal === 'SIGTERM', signal === null ? `exit status ${code}` : `signal ${signal}`);
    });
    if (identity === null) return;
    this.#hold(identity, { ...intent, process: identity });
    this.#watcher.onEvent({ kind: 'started', pid: identity.pid });
  }

  /** SIGTERM, then SIGKILL when patience is over. Returns when the process is gone. */
  async stop(patienceMs = STOP_PATIENCE_MS): Promise<void> {
    const identity = this.#identity;
    if (identity === null) {
      this.#mayStartAt = 0;
      this.#failures = 0;
      removeRecord(this.slot.clusterDirectory, this.slot.name);
      return;
    }
    this.#stopping = true;
    try {
      signalProcess(identity, 'SIGTERM');
      if (!(await gone(identity, patienceMs))) {
        this.#watcher.onEvent({ kind: 'killed', pid: identity.pid, detail: `did not end within ${patienceMs} ms` });
        signalProcess(identity, 'SIGKILL');
        await gone(identity, patienceMs);
      }
      this.#ended(identity, true, 'stopped');
      this.#mayStartAt = 0;
      this.#failures = 0;
    } finally {
      this.#stopping = false;
    }
  }

  limitLog(): void {
    limitLog(this.slot.logFile);
  }

  /** Stops watching; the child lives on. */
  detach(): void {
    if (this.#poll !== null) clearInterval(this.#poll);
    this.#poll = null;
    this.#identity = null;
    this.#stopping = true;
  }

  #marker(): string {
    return `${this.slot.clusterDirectory}#${this.slot.name}`;
  }

  #adopt(): void {
    const { clusterDirectory, name, role, index } = this.slot;
    const record = readRecord(clusterDirectory, name);
    const known = record?.process ?? null;
    const found = known !== null && isSameProgram(known, this.#marker()) ? known : findMarked(this.#marker()).at(0);
    if (found === undefined) {
      // The number may belong to somebody else by now, so a stale record is dropped and nothing is signalled.
      removeRecord(clusterDirectory, name);
      return;
    }
    // Without a record nobody knows what it was told; the empty hash has it replaced by one that is known.
    const facts = record ?? { name, role, index, argsHash: '', startedAt: new Date(this.#watcher.now()).toISOString() };
    this.#hold(found, { ...facts, process: found });
    this.#poll = setInterval(() => {
      if (!isRunning(found)) this.#ended(found, true, 'ended, status unknown');
    }, ADOPTED_POLL_MS);
    this.#poll.unref();
    this.#watcher.onEvent({ kind: 'adopted', pid: found.pid });
  }

  #hold(identity: ProcessIdentity, record: ProcessRecord): void {
    writeRecord(this.slot.clusterDirectory, record);
    this.#identity = identity;
    this.#record = record;
    this.#since = this.#watcher.now();
  }

  #ended(identity: ProcessIdentity | null, clean: boolean, how: string): void {
    if (this.#identity !== identity) return;
    if (this.#poll !== null) clearInterval(this.#poll);
    this.#poll = null;
    const { clusterDirectory, name } = this.slot;
    const requested = identity !== null && takeRestartRequest(clusterDirectory, name, identity) && !this.#stopping;
    const livedMs = identity === null ? 0 : this.#watcher.now() - this.#since;
    const delay = requested ? { failures: this.#failures, delayMs: 0 } : restartDelay(this.#failures, { clean, livedMs });
    this.#failures = delay.failures;
    this.#mayStartAt = this.#watcher.now() + delay.delayMs;
    this.#identity = null;
    this.#record = null;
    this.#lastEnd = how;
    removeRecord(clusterDirectory, name);
    const kind = requested ? 'restarted on request' : clean || this.#stopping ? 'ended' : 'crashed';
    this.#watcher.onEvent({ kind, pid: identity?.pid ?? 0, detail: how });
    if (this.#stopping) return;
    this.#restarts += 1;
    this.#watcher.onEnd();
  }
}

function hashOf(spec: ProcessSpec): string {
  const parts = [spec.command, ...spec.args, ...Object.entries(spec.env).map(([name, value]) => `${name}=${value}`)];
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}

async function gone(identity: ProcessIdentity, patienceMs: number): Promise<boolean> {
  for (let waited = 0; waited < patienceMs; waited += STOP_POLL_MS) {
    if (!isRunning(identity)) return true;
    await sleep(STOP_POLL_MS);
  }
  return !isRunning(identity);
}
