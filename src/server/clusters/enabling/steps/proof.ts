import Type from 'typebox';
import { Check } from 'typebox/value';
import type { Proof } from '../../../../contract/clusters/proof.ts';
import { findActiveActivation } from '../../../../store/clusters/activations.ts';
import type { ClusterRow } from '../../../../store/clusters/clusters.ts';
import type { RunRow } from '../../../../store/clusters/runs.ts';
import type { Db } from '../../../../store/store.ts';
import { runEvidence } from '../run-parameters.ts';

/** What an agent reports for `prove`; every level rests on the ones before it. */
const ProveEvidence = Type.Object({
  level: Type.Enum(['live', 'history', 'disk']),
  passed: Type.Literal(true),
  keyId: Type.String(),
  revision: Type.Optional(Type.Integer()),
  resources: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  compactedRevision: Type.Optional(Type.Integer()),
  disk: Type.Optional(Type.Unknown()),
  at: Type.String(),
});

/** The proof that evidence makes, or undefined if it proves nothing for `keyId`. `now` is when the server heard of it. */
export function proofFrom(evidence: unknown, keyId: string, now: number): Proof | undefined {
  if (!Check(ProveEvidence, evidence) || evidence.keyId !== keyId) return undefined;
  const { level, at, revision, resources, compactedRevision, disk } = evidence;
  const live = { proven: true, at, ...(revision !== undefined && { revision }), ...(resources && { resources }) };
  const history = { proven: level !== 'live', at, ...(compactedRevision !== undefined && { compactedRevision }) };
  const onDisk = { proven: level === 'disk', at, ...(disk !== null && typeof disk === 'object' ? disk : {}) };
  return {
    keyId,
    provenAt: new Date(now).toISOString(),
    live,
    ...(level !== 'live' && { history }),
    ...(level === 'disk' && { disk: onDisk }),
  };
}

export function storedProof(cluster: Pick<ClusterRow, 'proof'>): Proof | undefined {
  return cluster.proof === null ? undefined : (JSON.parse(cluster.proof) as Proof);
}

/**
 * Why the proof on record does not cover everything that the run wrote; undefined if it does. The last write of a run is its
 * migration: a proof from before it, or for another activation, is worth nothing.
 */
export async function unprovenSince(db: Db, cluster: ClusterRow, run: RunRow): Promise<string | undefined> {
  const proof = storedProof(cluster);
  const active = await findActiveActivation(db, cluster.id);
  if (!active) return 'no activation is active';
  if (!proof || proof.keyId !== active.key_id_hash) return 'there is no proof for the active key yet';
  const migrated = runEvidence(run).migrate;
  if (!migrated || Date.parse(proof.provenAt) < migrated.at) return 'the last proof is older than the last write';
  return undefined;
}
