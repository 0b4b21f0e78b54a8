import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isPostgresMissing } from '../../../test/process/find-postgres.ts';
import { sharedPostgres } from '../../../test/process/postgres.ts';
import { listOutbox } from '../../store/audit.ts';
import { insertInstance } from '../../store/instances.ts';
import { listInstancePolicies, saveInstancePolicy } from '../../store/kms/instance-policies.ts';
import { openStore } from '../../store/store.ts';
import { loadConfig } from '../config.ts';
import { openDataDir } from './data-dir.ts';
import { resetNetworkPolicies } from './reset-network.ts';

const made = { created_at: 1, created_by: 'me', updated_at: 1, updated_by: 'me' };
const instance = {
  guid: 'guid',
  account_id: 'acc',
  resource_group_id: 'group',
  name: 'payroll',
  service: 'kms',
  plan_id: 'plan',
  region: 'here',
  state: 'active',
  sealed_key: new Uint8Array(1),
  parameters: '{}',
  tags: '[]',
  deleted_at: null,
  deleted_by: null,
  locked: 0,
  allow_cleanup: 0,
  last_operation: 'create',
  plan_history: '[]',
  reclaim_at: null,
  restored_at: null,
  restored_by: null,
  ...made,
} as const;

describe.skipIf(isPostgresMissing())('the way back on PostgreSQL (needs it here: apt-get install postgresql)', () => {
  it('is open while servers run, on the data directory of one and on a new one, and on record', async () => {
    const database = await (await sharedPostgres()).createDatabase('migrated');
    onTestFinished(() => database.drop());
    const folder = mkdtempSync(join(tmpdir(), 'rootward-reset-'));
    const configOf = (name: string) =>
      loadConfig({ env: { ROOTWARD_STORE_URL: database.url }, flags: { dataDir: join(folder, name) } });
    const server = await openStore({ file: openDataDir(join(folder, 'server'), true).database, url: database.url });
    onTestFinished(() => server.close());
    const shutOut = () =>
      server.change(['keys'], (tx) =>
        saveInstancePolicy(tx, {
          instance_id: 'guid',
          type: 'allowedNetwork',
          account_id: 'acc',
          enabled: 1,
          attributes: '{"allowed_network":"private-only"}',
          ...made,
        }),
      );
    await server.change(['keys'], (tx) => insertInstance(tx, instance));
    for (const [at, name] of ['server', 'elsewhere'].entries()) {
      await shutOut();
      const before = server.generation('keys');
      expect(await resetNetworkPolicies(configOf(name), 'guid')).toEqual(['allowedNetwork']);
      expect(await listInstancePolicies(server.db, 'guid')).toMatchObject([{ enabled: 0 }]);
      expect(await listOutbox(server.db)).toHaveLength(at + 1);
      await expect.poll(() => server.generation('keys'), { timeout: 2000 }).toBeGreaterThan(before);
    }
  });
});
