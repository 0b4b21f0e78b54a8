import type { Cluster } from '../../contract/clusters/cluster.ts';
import { RootwardError } from '../../contract/errors.ts';
import type { Call, Extension } from '../call.ts';
import { confirm, FORCE_FLAG } from '../confirm.ts';
import { VIEWS } from '../output/views.ts';
import { startProgress } from '../progress.ts';
import { type Condition, isReady, isSealedBy, waitForCluster } from '../wait-for-cluster.ts';

const WAIT = {
  '--wait': 'wait until it is done',
  '--timeout <seconds>': 'how long to wait (3600)',
} as const;
const TIMEOUT_SECONDS = 3600;

/** The flags of the first versions of the other command line are accepted where they change nothing here. */
export const CREATE_CLASSIC: Extension = {
  flags: WAIT,
  async after(call, answer) {
    const { id } = answer as { readonly id: string };
    if (!call.flags.wait) return { answer, view: VIEWS['clusters.create'] };
    return { answer: await waitFor(call, id, isReady), view: VIEWS['clusters.get'] };
  },
};

export const REFRESH_MASTER: Extension = {
  flags: WAIT,
  async after(call, answer) {
    if (!call.flags.wait) return { answer };
    return { answer: await waitFor(call, clusterOf(call), isReady), view: VIEWS['clusters.get'] };
  },
  done: 'The master is being refreshed.',
};

export const REMOVE_CLUSTER: Extension = {
  flags: FORCE_FLAG,
  before({ flags, input, io }) {
    const { idOrName } = input.params as { readonly idOrName: string };
    return confirm(io, flags.force, `Cluster ${idOrName} would be deleted with everything in it.`);
  },
  done: 'The cluster is deleted.',
};

export const ENABLE_KMS: Extension = {
  flags: { '--public-endpoint': 'reach the KMS instance over its public endpoint', ...WAIT },
  before({ flags, input }) {
    (input.body as Record<string, unknown>).private_endpoint = flags.publicEndpoint !== true;
  },
  async after(call, answer) {
    const { crk_id: rootKeyId } = call.input.body as { readonly crk_id: string };
    if (call.flags.wait)
      return { answer: await waitFor(call, clusterOf(call), isSealedBy(rootKeyId)), view: VIEWS['clusters.get'] };
    if (call.format !== 'table') return { answer };
    return { answer: undefined };
  },
  done: 'Sealing has begun. `rootward ks cluster get` shows when the master is Ready and the proof is there.',
};

export const CLUSTER_CONFIG: Extension = {
  flags: { '--admin': "the administrator's certificate (there is no other kubeconfig yet)" },
  async after({ io, format, flags }, answer) {
    if (!flags.admin) {
      throw new RootwardError('USAGE', { message: 'Only the administrator has a kubeconfig yet.', hint: 'Give --admin.' });
    }
    // The kubeconfig is YAML itself, so that `> file` and `--output yaml` give the same usable file.
    if (format === 'json') return { answer: (await import('yaml')).parse((answer as { kubeconfig: string }).kubeconfig) };
    io.out((answer as { readonly kubeconfig: string }).kubeconfig);
    return undefined;
  },
};

function clusterOf({ input }: Call): string {
  return (input.body as { readonly cluster: string }).cluster;
}

async function waitFor(call: Call, cluster: string, done: Condition): Promise<Cluster> {
  const seconds = Number(call.flags.timeout ?? TIMEOUT_SECONDS);
  if (!(seconds > 0)) throw new RootwardError('USAGE', { message: '--timeout must be a number of seconds.' });
  const progress = startProgress(call.io, call.quiet);
  try {
    return await waitForCluster(cluster, done, { client: call.session.client, io: call.io, progress, timeoutMs: seconds * 1000 });
  } finally {
    progress.end();
  }
}
