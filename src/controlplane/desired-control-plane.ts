import type { PkiBundle } from './pki/bundle.ts';

/** A process that the caller supplies. In `args` and values of `env`, `{socket}` and `{index}` are replaced. */
export interface ProcessDesire {
  /** Absolute path. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** One kms-plugin beside each apiserver. `{socket}` is where it has to listen, `{index}` its apiserver's number. */
export type PluginDesire = ProcessDesire;

/** One cluster-agent per cluster. */
export type AgentDesire = ProcessDesire;

export type DesiredState = 'running' | 'suspended' | 'removed';

/** What the owner of the state wants of one hosted control plane. */
export interface DesiredControlPlane {
  readonly clusterId: string;
  readonly clusterName: string;
  /** DATA/clusters/<id>, absolute. */
  readonly directory: string;
  readonly pki: PkiBundle;
  readonly state: DesiredState;
  readonly plugin: PluginDesire | null;
  readonly agent: AgentDesire | null;
  /** 1 unless given. */
  readonly apiserverCount?: 1 | 2 | 3;
}

/** Fills the placeholders for the plugin or agent with number `index`. */
export function fillDesire(desire: ProcessDesire, index: number, socket: string): ProcessDesire {
  const fill = (text: string): string => text.replaceAll('{socket}', socket).replaceAll('{index}', String(index));
  return {
    command: desire.command,
    args: desire.args.map(fill),
    env: Object.fromEntries(Object.entries(desire.env).map(([name, value]) => [name, fill(value)])),
  };
}
