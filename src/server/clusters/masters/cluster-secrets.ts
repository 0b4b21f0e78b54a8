import type { Barrier } from '../../../crypto/barrier.ts';
import { revealText } from '../../../crypto/reveal.ts';
import { openRow, type RowContext, sealRow } from '../../../crypto/row.ts';
import type { ClusterRow } from '../../../store/clusters/clusters.ts';
import type { PkiBundle } from '../control-plane-port.ts';
import type { ClusterCredentials } from '../deps.ts';

type Owner = Pick<ClusterRow, 'id' | 'account_id'>;

const LABEL = 'pki';

/** The keys of a hosted control plane as a sealed row of its cluster. */
export function sealPki(barrier: Barrier, cluster: Owner, pki: PkiBundle): Uint8Array {
  return seal(barrier, contextOf(cluster, 'cluster-pki'), pki);
}

/** Throws ROW_INTEGRITY if the row was changed or is another cluster's. */
export function openPki(barrier: Barrier, cluster: Owner, row: Uint8Array): PkiBundle {
  return open(barrier, contextOf(cluster, 'cluster-pki'), row) as PkiBundle;
}

/** The API keys of a cluster's two processes as a sealed row of the cluster. */
export function sealCredentials(barrier: Barrier, cluster: Owner, credentials: ClusterCredentials): Uint8Array {
  return seal(barrier, contextOf(cluster, 'secret'), credentials);
}

/** Throws ROW_INTEGRITY if the row was changed or is another cluster's. */
export function openCredentials(barrier: Barrier, cluster: Owner, row: Uint8Array): ClusterCredentials {
  return open(barrier, contextOf(cluster, 'secret'), row) as ClusterCredentials;
}

function contextOf(cluster: Owner, purpose: RowContext['purpose']): RowContext {
  return { account: cluster.account_id, instance: cluster.id, key: '', version: '', purpose };
}

function seal(barrier: Barrier, context: RowContext, value: object): Uint8Array {
  const plain = Buffer.from(JSON.stringify(value), 'utf8');
  try {
    return sealRow(barrier.deriveKey(LABEL), context, plain);
  } finally {
    plain.fill(0);
  }
}

function open(barrier: Barrier, context: RowContext, row: Uint8Array): unknown {
  using secret = openRow(barrier.deriveKey(LABEL), context, row);
  return JSON.parse(revealText(secret));
}
