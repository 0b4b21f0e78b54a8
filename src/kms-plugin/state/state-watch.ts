import { Value } from 'typebox/value';
import type { Login } from '../key-service/login.ts';
import type { ServerConnection } from '../key-service/server-connection.ts';
import { CallFailure, wrongServer } from '../lease/call-failure.ts';
import { type PluginState, PluginStateSchema } from './plugin-state.ts';
import { createWake } from './wake.ts';

const GRACE_MS = 5000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;
/** A server that answers "nothing new" too early is not asked again before this. */
const IDLE_PAUSE_MS = 1000;
/** News may come in bursts. */
const NEWS_PAUSE_MS = 100;

/** Learns what the server knows about this cluster, one question at a time, so that answers cannot overtake each other. */
export interface StateWatch {
  /** Asks without end until `stop`. */
  readonly run: () => Promise<void>;
  /** Asks at once instead of waiting for news. Resolves after the next answer (true) or failure (false). */
  readonly refresh: () => Promise<boolean>;
  readonly stop: () => void;
}

export interface StateWatchDeps {
  readonly connection: ServerConnection;
  readonly login: Login;
  readonly serverId: string;
  readonly clusterId: string;
  readonly node: string;
  readonly waitMs: number;
  readonly clock: () => number;
  readonly random: () => number;
  readonly activeKeyId: () => string | undefined;
  /** `isNews`: the revision differs from the last one. */
  readonly onState: (state: PluginState, isNews: boolean) => void;
  readonly onFailure: (failure: CallFailure) => void;
}

export function createStateWatch(deps: StateWatchDeps): StateWatch {
  const wake = createWake();
  let revision: string | undefined;
  let stopped = false;
  let failures = 0;
  let waiting: AbortController | undefined;
  let urgent = true;
  let listeners: ((answered: boolean) => void)[] = [];

  const once = async (): Promise<number> => {
    const waitSeconds = urgent ? 0 : Math.min(30, Math.round(deps.waitMs / 1000));
    const heard = listeners;
    listeners = [];
    urgent = false;
    const startedAt = deps.clock();
    waiting = waitSeconds === 0 ? undefined : new AbortController();
    const { signal } = waiting ?? {};
    try {
      const state = await askState(deps, { revision, waitSeconds, signal });
      const isNews = state.revision !== revision;
      revision = state.revision;
      failures = 0;
      deps.onState(state, isNews);
      for (const listener of heard) listener(true);
      const early = deps.clock() - startedAt < waitSeconds * 500;
      if (isNews) return NEWS_PAUSE_MS;
      return waitSeconds === 0 || early ? Math.min(deps.waitMs, IDLE_PAUSE_MS) : 0;
    } catch (error) {
      // Given up on purpose, to ask the urgent question.
      if (signal?.aborted === true) return 0;
      if (!(error instanceof CallFailure)) throw error;
      for (const listener of heard) listener(false);
      failures += 1;
      deps.onFailure(error);
      return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10)) * (0.5 + deps.random() / 2);
    } finally {
      waiting = undefined;
    }
  };

  return {
    run: async () => {
      while (!stopped) {
        const pause = await once();
        if (!urgent && pause > 0) await wake.pause(pause);
      }
      for (const listener of listeners) listener(false);
    },
    refresh: async () => {
      if (stopped) return false;
      const answer = new Promise<boolean>((resolve) => listeners.push(resolve));
      urgent = true;
      waiting?.abort();
      wake.now();
      return await answer;
    },
    stop: () => {
      stopped = true;
      waiting?.abort();
      wake.now();
    },
  };
}

async function askState(
  deps: StateWatchDeps,
  { revision, waitSeconds, signal }: { revision: string | undefined; waitSeconds: number; signal: AbortSignal | undefined },
): Promise<PluginState> {
  const token = await deps.login.token();
  const activeKeyId = deps.activeKeyId();
  const { status, serverId, body } = await deps.connection.post({
    path: '/v2/kms/plugin/state',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      node: deps.node,
      waitSeconds,
      ...(revision === undefined ? {} : { knownRevision: revision }),
      ...(activeKeyId === undefined ? {} : { activeKeyId }),
    }),
    timeoutMs: waitSeconds * 1000 + GRACE_MS,
    ...(signal === undefined ? {} : { signal }),
  });
  if (serverId !== deps.serverId) throw new CallFailure('wrong-server', wrongServer(serverId));
  if (status === 401) deps.login.refused(token);
  if (status !== 200)
    throw new CallFailure(
      status >= 500 ? 'server-error' : status === 401 ? 'unauthorized' : 'not-found',
      `the state of the cluster answered ${status}`,
    );
  if (!Value.Check(PluginStateSchema, body))
    throw new CallFailure('protocol', `the state of the cluster is malformed: ${problem(body)}`);
  if (body.serverId !== deps.serverId)
    throw new CallFailure('wrong-server', 'the state of the cluster comes from another server than the pinned one');
  if (body.cluster.id !== deps.clusterId)
    throw new CallFailure('wrong-server', `the API key belongs to cluster ${body.cluster.id}, not to ${deps.clusterId}`);
  return body;
}

function problem(body: unknown): string {
  const [error] = Value.Errors(PluginStateSchema, body);
  return `${error?.instancePath ?? ''} ${error?.message ?? ''}`.trim();
}
