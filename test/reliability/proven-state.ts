import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import type { RunKind } from '../../src/contract/enabling/steps.ts';
import type { HostedCluster } from '../e2e/hosted-cluster.ts';
import type { HostedServer } from '../e2e/hosted-server.ts';
import { etcdKeyOf, needlesOf, type PlantedSecret, unreadable } from '../e2e/planted-secrets.ts';
import { foundInFiles, rawValues, sealsOf } from '../e2e/raw-etcd.ts';
import { rootKeys } from '../e2e/root-keys.ts';

export interface Expected {
  readonly instance: string;
  readonly key: string;
  readonly kind: RunKind;
  /** How many runs of this kind the cluster has had with this end. */
  readonly runs: number;
  readonly activation: number;
}

/** Waits for the end of a run and checks everything that a run without any accident leaves behind. */
export async function expectProven(
  server: HostedServer,
  cluster: HostedCluster,
  planted: readonly PlantedSecret[],
  expected: Expected,
): Promise<void> {
  const { keyManagementService: kms, state, lifecycle } = await cluster.settles();
  expect({ state, master: lifecycle.masterState }).toEqual({ state: 'normal', master: 'deployed' });
  expect(kms).toMatchObject({ rootKeyID: expected.key, keyState: 'usable', activation: { number: expected.activation } });
  const keyId = kms.activation?.keyId ?? '';

  const values = await rawValues(cluster.directory);
  expect(sealsOf(values)).toEqual([keyId]);
  for (const secret of planted) expect(values.get(etcdKeyOf(secret))?.toString('latin1')).toMatch(/^k8s:enc:kms:v2:rootward:/);
  expect(await unreadable(cluster.kube, planted)).toEqual([]);
  expect([...foundInFiles(cluster.directory, needlesOf(planted))]).toEqual([]);
  expect(kms.proof).toMatchObject({ keyId, live: { proven: true }, history: { proven: true } });
  expect(kms.proof?.disk).toMatchObject({ proven: true, matches: 0 });
  expect(readFileSync(join(cluster.directory, 'encryption/config.yaml'), 'utf8')).not.toContain('identity');

  expect(rowsOf(server, `select count(*) as n from activations where cluster_id = ? and status = 'active'`, cluster.id)).toEqual([
    { n: 1 },
  ]);
  const ends = rowsOf(
    server,
    'select kind, state, count(*) as n from cluster_runs where cluster_id = ? group by kind, state',
    cluster.id,
  );
  expect(ends).toContainEqual({ kind: expected.kind, state: 'done', n: expected.runs });
  expect(ends.filter(({ state: end }) => end === 'running' || end === 'paused' || end === 'failed')).toEqual([]);
  const registered = rowsOf(
    server,
    'select key_id from registrations where active = 1 and resource_crn like ?',
    `%${cluster.id}%`,
  );
  expect(registered).toEqual([{ key_id: expected.key }]);
  const keys = rootKeys(server.owner, expected.instance);
  expect(await keys.registrations(expected.key)).toMatchObject([{ keyVersion: { id: await keys.version(expected.key) } }]);
}

/** Reads the store beside the running server. */
export function rowsOf(server: HostedServer, query: string, parameter: string): Record<string, unknown>[] {
  using database = new DatabaseSync(join(server.dataDir, 'rootward.db'), { readOnly: true });
  return database
    .prepare(query)
    .all(parameter)
    .map((row) => ({ ...row }));
}
