/** `install`: the plugin beside every apiserver answers under the expected key and can wrap and unwrap. Changes nothing. */
import { RootwardError } from '../../contract/errors.ts';
import { expectedKeyId } from '../parameters.ts';
import { PluginClient } from '../plugin/plugin-client.ts';
import type { Evidence, StepContext } from '../step.ts';
import { pause } from '../step.ts';
import { socketOf } from './configure.ts';

const WAIT_SECONDS = 120;
const POLL_MS = 500;

/** @throws RootwardError PLUGIN_NOT_READY with the last reason when the time is over */
export async function install(context: StepContext): Promise<Evidence> {
  const keyId = expectedKeyId(context.parameters);
  const instances = context.access.apiservers();
  const plugins = [];
  for (const [position, instance] of instances.entries()) {
    const socketPath = socketOf(context, instance);
    context.progress({ done: position, total: instances.length, note: `waiting for the plugin at ${socketPath}` });
    await waitForPlugin(context, socketPath, keyId);
    plugins.push({ apiserver: instance.url, socketPath, keyId });
  }
  return { plugins, at: context.now().toISOString() };
}

async function waitForPlugin(context: StepContext, socketPath: string, keyId: string): Promise<void> {
  const end = context.now().getTime() + (context.parameters.timeoutSeconds ?? WAIT_SECONDS) * 1000;
  const plugin = new PluginClient(socketPath);
  try {
    for (;;) {
      try {
        await checkPlugin(plugin, socketPath, keyId, context.signal);
        return;
      } catch (error) {
        const waits = error instanceof RootwardError && error.code === 'PLUGIN_NOT_READY' && context.now().getTime() < end;
        if (!waits) throw error;
      }
      await pause(POLL_MS, context.signal);
    }
  } finally {
    plugin.close();
  }
}

async function checkPlugin(plugin: PluginClient, socketPath: string, keyId: string, signal: AbortSignal): Promise<void> {
  const status = await plugin.status(signal);
  const at = `The KMS plugin at ${socketPath}`;
  if (status.version !== 'v2') throw notReady(`${at} speaks ${status.version}, not v2.`);
  if (status.healthz !== 'ok') throw notReady(`${at} is not healthy: ${status.healthz}`);
  if (status.keyId !== keyId) throw notReady(`${at} reports the key id ${status.keyId}; expected is ${keyId}.`);
  const wrappedUnder = await plugin.roundTrip(signal);
  if (wrappedUnder !== keyId) throw notReady(`${at} wrapped under the key id ${wrappedUnder}; expected is ${keyId}.`);
}

function notReady(message: string): RootwardError {
  return new RootwardError('PLUGIN_NOT_READY', { message });
}
