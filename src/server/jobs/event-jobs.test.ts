import { describe, expect, it } from 'vitest';
import { createImportToken } from '../../contract/import-tokens/create.ts';
import { getImportToken } from '../../contract/import-tokens/get.ts';
import { disableKey } from '../../contract/keys/disable.ts';
import { rotateKey } from '../../contract/keys/rotate.ts';
import { reusedKeyPair } from '../kms/testkit/reused-key-pair.ts';
import { DAY, type JobsScene, MINUTE, openJobs } from './testkit/jobs-scene.ts';

const FOUR_HOURS = 240 * MINUTE;
const BUCKET = 'crn:v1:bluemix:public:cloud-object-storage:global:a/0123456789abcdef0123456789abcdef:1:bucket:one';

describe('a lifecycle event that a resource does not acknowledge', () => {
  it('has failed after four hours, recorded once as timed out', async () => {
    await using scene = await openJobs();
    const { id } = await scene.addKey();
    await subscribe(scene, id, [BUCKET]);
    await scene.call(rotateKey, id);
    await scene.advance(FOUR_HOURS - 1000);
    await scene.scheduler.pass();
    expect(await outcomes(scene)).toEqual(['pending']);
    await scene.advance(1000);
    await scene.scheduler.pass();
    await scene.advance(MINUTE);
    await scene.scheduler.pass();
    expect(await outcomes(scene)).toEqual(['failed']);
    const [event] = await scene.server.store.db.selectFrom('lifecycle_events').selectAll().execute();
    expect(await recordsOf(scene, 'kms.secrets.ack-rotate')).toMatchObject([
      {
        outcome: 'failure',
        reason: { reasonCode: 408, reasonType: 'Request Timeout' },
        target: { id: expect.stringContaining(`:key:${id}`) },
        responseData: {
          keyId: id,
          resourceCRN: BUCKET,
          eventAckData: {
            eventId: event?.id,
            eventType: 'rotation',
            oldKeyVersionId: id,
            newKeyVersionId: event?.key_version_id,
          },
        },
        correlationId: event?.correlation_id,
      },
    ]);
  });

  it('is recorded for each resource by itself, in pages', async () => {
    await using scene = await openJobs({ batchSize: 7 });
    const { id } = await scene.addKey();
    await subscribe(
      scene,
      id,
      Array.from({ length: 30 }, (_, n) => `${BUCKET}-${n}`),
    );
    await scene.call(disableKey, id);
    await scene.advance(FOUR_HOURS);
    await scene.scheduler.pass();
    const records = await recordsOf(scene, 'kms.secrets.ack-disable');
    expect(new Set(records.map(({ responseData }) => responseData.resourceCRN)).size).toBe(30);
    expect(records).toHaveLength(30);
  });
});

describe('a lifecycle event of long ago', () => {
  it('is dropped after 90 days, unless somebody has yet to follow it', async () => {
    await using scene = await openJobs();
    const { id } = await scene.addKey();
    await scene.call(rotateKey, id);
    await scene.advance(DAY);
    await subscribe(scene, id, [BUCKET]);
    await scene.call(disableKey, id);
    const waited = await scene.server.store.db.selectFrom('event_recipients').selectAll().executeTakeFirstOrThrow();
    await scene.server.store.change([], async (tx) => {
      await tx
        .updateTable('event_recipients')
        .set({ deadline_at: waited.deadline_at + 1000 * DAY })
        .execute();
    });
    await scene.advance(100 * DAY);
    await scene.twoPasses();
    const left = await scene.server.store.db.selectFrom('lifecycle_events').select('type').execute();
    expect(left).toEqual([{ type: 'disable' }]);
  });
});

describe('an import token that has expired', () => {
  it('is destroyed together with its private key', async () => {
    await using scene = await openJobs({ importKeyPairs: reusedKeyPair });
    await scene.call(createImportToken, '', { body: { expiration: 600, maxAllowedRetrievals: 3 } });
    await scene.call(getImportToken, '');
    await scene.advance(599_000);
    await scene.twoPasses();
    expect(await tokens(scene)).toBe(1);
    await scene.advance(10 * MINUTE);
    await scene.scheduler.pass();
    expect(await tokens(scene)).toBe(0);
    expect(await recordsOf(scene, 'kms.import-token.expire')).toMatchObject([
      { initiator: { name: 'rootward' }, responseData: { maxAllowedRetrievals: 3, remainingRetrievals: 2 } },
    ]);
  });
});

async function subscribe(scene: JobsScene, keyId: string, crns: readonly string[]): Promise<void> {
  const { store, clock } = scene.server;
  const key = await store.db.selectFrom('keys').selectAll().where('id', '=', keyId).executeTakeFirstOrThrow();
  await store.change([], async (tx) => {
    for (const resource_crn of crns)
      await tx
        .insertInto('registrations')
        .values({
          key_id: keyId,
          resource_crn,
          instance_id: key.instance_id,
          account_id: key.account_id,
          active: 1,
          description: null,
          metadata: null,
          prevent_deletion: 0,
          key_version_id: key.current_version_id,
          created_at: clock.now(),
          created_by: 'test',
          updated_at: null,
          updated_by: null,
        })
        .execute();
  });
}

async function outcomes({ server }: JobsScene): Promise<string[]> {
  return (await server.store.db.selectFrom('event_recipients').select('outcome').execute()).map(({ outcome }) => outcome);
}

async function tokens({ server }: JobsScene): Promise<number> {
  return (await server.store.db.selectFrom('import_tokens').select('id').execute()).length;
}

async function recordsOf({ server }: JobsScene, action: string) {
  const records = (await server.auditRecords()) as { action: string; responseData: { resourceCRN?: string } }[];
  return records.filter((record) => record.action === action);
}
