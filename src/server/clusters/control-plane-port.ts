/** Every key of one hosted control plane as plain JSON. Only the implementation of the port looks inside. */
export type PkiBundle = object;

/** A process that runs beside an apiserver. It is started anew when anything here changes. */
export interface Companion {
  /** Absolute path of the program. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface DesiredControlPlane {
  readonly clusterId: string;
  readonly clusterName: string;
  /** DATA/clusters/<id> */
  readonly directory: string;
  readonly pki: PkiBundle;
  /** `suspended`: no apiserver answers, etcd and all data stay. `removed`: everything is deleted. */
  readonly state: 'running' | 'suspended' | 'removed';
  readonly plugin: Companion | null;
  readonly agent: Companion | null;
}

export interface ControlPlaneStatus {
  readonly state: 'unknown' | 'starting' | 'ready' | 'stopping' | 'suspended' | 'removed';
  readonly apiservers: readonly string[];
  readonly etcd: readonly string[];
  /** Why it is not as wanted yet, for people; null when all is well. */
  readonly problem: string | null;
  /** kube-apiserver or etcd was found nowhere: nothing starts until somebody provides them. */
  readonly programsMissing: boolean;
}

/** Where the files of a hosted cluster are that its plugin and agent share with the apiserver. */
export interface ControlPlanePlaces {
  /** A 0700 directory on tmpfs for what must not reach a disk. */
  readonly runtimeDirectory: string;
  /** Where the plugin beside the apiserver listens. */
  readonly socketPath: string;
}

/** Control planes as processes on this host. */
export interface ControlPlanePort {
  /** The version that new clusters get. Throws CONTROL_PLANE_UNAVAILABLE where this server can run none. */
  kubernetesVersion(): string;
  createPki(): Promise<PkiBundle>;
  /** The same bundle while it is good for long, else one with new leaves. */
  renewPki(bundle: PkiBundle): Promise<PkiBundle>;
  /** Undefined until the control plane has been applied once. */
  places(directory: string): ControlPlanePlaces | undefined;
  /** Records the wish and works towards it; safe to repeat. */
  apply(desired: DesiredControlPlane): Promise<void>;
  status(clusterId: string): ControlPlaneStatus;
  /** The administrator's kubeconfig as YAML text. */
  adminKubeconfig(cluster: { readonly clusterName: string; readonly apiserver: string; readonly pki: PkiBundle }): string;
}
