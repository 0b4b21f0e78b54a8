/**
 * Puts a configuration into force on every apiserver, one at a time: the file is replaced atomically, the apiserver is ended and
 * its supervisor starts it again. What already is in force is left alone. If one does not come back, everything is put back.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { RootwardError } from '../../contract/errors.ts';
import { writeAtomically } from '../../controlplane/atomic-file.ts';
import { isRunning, signalProcess } from '../../controlplane/processes/process-identity.ts';
import type { ApiserverInstance, ClusterAccess } from '../cluster-access.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import type { StepContext } from '../step.ts';
import { pause, waitUntil } from '../step.ts';
import type { EncryptionConfiguration } from './encryption-config.ts';
import { parseEncryptionConfig, renderEncryptionConfig, sameConfiguration } from './encryption-config.ts';

export interface AppliedConfig {
  readonly url: string;
  readonly encryptionConfigSha256: string;
  readonly restarted: boolean;
}

export type Wanted = (current: EncryptionConfiguration | undefined, instance: ApiserverInstance) => EncryptionConfiguration;

const RESTART_SECONDS = 90;
/** An apiserver that has not ended by then hangs in a connection that nobody closes. */
const KILL_AFTER_MS = 20_000;
const POLL_MS = 200;

/** @throws RootwardError APISERVER_NOT_BACK after the previous files are in force again */
export async function applyConfig(
  context: StepContext,
  kube: ReadonlyMap<number, KubeClient>,
  wanted: Wanted,
): Promise<AppliedConfig[]> {
  const instances = context.access.apiservers();
  const applied: AppliedConfig[] = [];
  for (const [position, instance] of instances.entries()) {
    context.progress({ done: position, total: instances.length, note: `configuring ${instance.url}` });
    const text = desiredText(instance, wanted);
    if (readText(instance.configPath) !== text || instance.configSha256 !== sha256(text)) await context.confirm();
    if (readText(instance.configPath) !== text) replaceFile(instance.configPath, text);
    context.progress({ done: position, total: instances.length, note: `waiting for ${instance.url} to use it` });
    try {
      const restarted = await bringIntoForce(context, kube, instance.index, sha256(text));
      applied.push({ url: kube.get(instance.index)?.url ?? instance.url, encryptionConfigSha256: sha256(text), restarted });
    } catch (error) {
      if (!(error instanceof RootwardError) || error.code !== 'APISERVER_NOT_BACK') throw error;
      await putBack(context, kube, instances.slice(0, position + 1));
      throw error;
    }
  }
  for (const { configPath } of instances) rmSync(previousPath(configPath), { force: true });
  return applied;
}

export function readConfig(instance: ApiserverInstance): EncryptionConfiguration | undefined {
  const text = readText(instance.configPath);
  return text === undefined ? undefined : parseEncryptionConfig(text);
}

/** Does the running process use the file as it is now? */
export function isInForce(instance: ApiserverInstance): boolean {
  const text = readText(instance.configPath);
  return text !== undefined && instance.process !== null && instance.configSha256 === sha256(text);
}

/** The bytes stay what they are if they already mean what is wanted: a changed byte costs a restart. */
function desiredText(instance: ApiserverInstance, wanted: Wanted): string {
  const text = readText(instance.configPath);
  const current = text === undefined ? undefined : parseEncryptionConfig(text);
  const desired = wanted(current, instance);
  if (text !== undefined && current !== undefined && sameConfiguration(current, desired)) return text;
  return renderEncryptionConfig(desired);
}

/** Keeps what was in force before, once: after a crash of the agent the first copy is still the right one. */
function replaceFile(path: string, text: string): void {
  const before = readText(path);
  if (before !== undefined && !existsSync(previousPath(path))) writeAtomically(previousPath(path), before, 0o600);
  writeAtomically(path, text, 0o600);
}

/** @returns true if the apiserver had to be restarted */
async function bringIntoForce(
  context: StepContext,
  kube: ReadonlyMap<number, KubeClient>,
  index: number,
  sha: string,
): Promise<boolean> {
  const { access, signal, now, parameters } = context;
  const timeoutMs = (parameters.timeoutSeconds ?? RESTART_SECONDS) * 1000;
  const before = find(access, index);
  const restart = before?.configSha256 !== sha;
  if (restart && before?.process) await end(context, before.process);
  let started = !restart;
  const back = await waitUntil(
    async () => {
      const instance = find(access, index);
      if (!instance?.process || instance.configSha256 !== sha) return false;
      started = true;
      if (!isRunning(instance.process)) return false;
      return (await kube.get(index)?.isReady(signal)) ?? false;
    },
    { timeoutMs, intervalMs: POLL_MS, signal, now },
  );
  if (back) return restart;
  if (!started) {
    // No fault of the configuration: the next attempt goes on from here.
    throw new RootwardError('APISERVER_UNREACHABLE', {
      message: `Nobody started the kube-apiserver ${index} again within ${timeoutMs / 1000} s.`,
    });
  }
  throw new RootwardError('APISERVER_NOT_BACK', {
    message: `The kube-apiserver ${index} was not ready within ${timeoutMs / 1000} s after its configuration changed.`,
    hint: 'The previous configuration was put back. The log of the kube-apiserver tells why.',
  });
}

/** Ends exactly this process; its supervisor starts the next one. */
async function end(context: StepContext, process: NonNullable<ApiserverInstance['process']>): Promise<void> {
  signalProcess(process, 'SIGTERM');
  const gone = async () => !isRunning(process);
  if (!(await waitUntil(gone, { timeoutMs: KILL_AFTER_MS, intervalMs: 50, signal: context.signal, now: context.now })))
    signalProcess(process, 'SIGKILL');
}

async function putBack(
  context: StepContext,
  kube: ReadonlyMap<number, KubeClient>,
  instances: readonly ApiserverInstance[],
): Promise<void> {
  for (const { configPath, index, url } of instances.toReversed()) {
    const previous = readText(previousPath(configPath));
    if (previous === undefined) continue;
    await context.confirm();
    context.progress({ done: 0, total: instances.length, note: `putting the previous configuration of ${url} back` });
    writeAtomically(configPath, previous, 0o600);
    rmSync(previousPath(configPath), { force: true });
    // A supervisor may hold a crashing apiserver back for some seconds.
    await pause(POLL_MS, context.signal);
    await bringIntoForce(context, kube, index, sha256(previous));
  }
}

function find(access: ClusterAccess, index: number): ApiserverInstance | undefined {
  return access.apiservers().find((instance) => instance.index === index);
}

function previousPath(configPath: string): string {
  return `${configPath}.previous`;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
