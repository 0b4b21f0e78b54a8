import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { RootwardError } from '../../contract/errors.ts';
import { insertOutbox } from '../../store/audit.ts';
import { findInstanceOfAnyAccount, type InstanceRow } from '../../store/instances.ts';
import {
  type InstancePolicyRow,
  type InstancePolicyType,
  listInstancePolicies,
  saveInstancePolicy,
} from '../../store/kms/instance-policies.ts';
import { joinStore, openStore } from '../../store/store.ts';
import { lineOf } from '../audit/chain/record-line.ts';
import { buildRecord } from '../audit/records/build-record.ts';
import type { AuditRecord } from '../audit/records/record.ts';
import type { Config } from '../config.ts';
import { auditedPolicies } from '../kms/instance-policies/present.ts';
import { targetOfInstance } from '../kms/keys/resolve-key.ts';
import { crnOfTarget } from '../target.ts';
import { type DataDir, openDataDir } from './data-dir.ts';
import { replicaName } from './replica.ts';

const NETWORK_POLICIES: readonly InstancePolicyType[] = ['allowedIP', 'allowedNetwork'];

/**
 * Turns the network policies of an instance off, by whoever has the server's own machine: the way back for those who have shut
 * themselves out. Which ones that were. The record of it enters the audit chain at the next start of the server. Throws
 * RESOURCE_NOT_FOUND; DATA_DIR_IN_USE while the server runs on an embedded store.
 */
export async function resetNetworkPolicies(config: Config, instanceId: string): Promise<InstancePolicyType[]> {
  const dataDir = openDataDir(config.dataDir, false);
  const place = { file: dataDir.database, url: config.store.url };
  // On a shared database everybody may write, also beside the server that has this data directory.
  const store = await (place.url === undefined ? openStore(place) : joinStore(place));
  try {
    const instance = await findInstanceOfAnyAccount(store.db, instanceId);
    if (!instance) throw new RootwardError('RESOURCE_NOT_FOUND', { message: `There is no instance ${instanceId} here.` });
    const now = Date.now();
    return await store.change(['keys'], async (tx) => {
      const policies = await listInstancePolicies(tx, instance.guid);
      const before = policies.filter(({ type, enabled }) => NETWORK_POLICIES.includes(type) && enabled === 1);
      if (before.length === 0) return [];
      const after = before.map((row) => ({ ...row, enabled: 0, updated_at: now, updated_by: operator() }));
      for (const row of after) await saveInstancePolicy(tx, row);
      const record = recordOf(instance, before, after, now);
      await insertOutbox(tx, record.id, lineOf(record), now, writerOf(config, dataDir));
      return before.map(({ type }) => type);
    });
  } finally {
    await store.close();
  }
}

/** Whose chain the record is for; where no server has run on this data directory: whichever replica looks next. */
function writerOf(config: Config, dataDir: DataDir): string | null {
  const isKnown = config.store.url === undefined || config.replica !== undefined || existsSync(dataDir.replicaId);
  return isKnown ? replicaName(config, dataDir) : null;
}

/** Who did it, as far as the machine knows. */
const operator = (): string => `operator-${userInfo().username}`;

function recordOf(
  instance: InstanceRow,
  before: readonly InstancePolicyRow[],
  after: readonly InstancePolicyRow[],
  at: number,
): AuditRecord {
  const crn = crnOfTarget(targetOfInstance(instance));
  return buildRecord({
    id: randomUUID(),
    at,
    action: `${instance.service}.instance-policies.write`,
    status: 204,
    initiator: {
      id: operator(),
      name: 'an operator at the machine of the server',
      typeURI: 'service/security/account/user',
      credential: { type: 'user' },
      host: { address: '127.0.0.1', agent: 'rootward kp instance policy-reset' },
    },
    target: { id: crn, name: instance.name, typeURI: `${instance.service}/instance-policies` },
    requestData: {
      initialValue: auditedPolicies(before),
      newValue: auditedPolicies(after),
      reason: 'The network policies were turned off at the machine of the server.',
    },
    dataEvent: false,
    logSourceCRN: crn,
    correlationId: randomUUID(),
  });
}
