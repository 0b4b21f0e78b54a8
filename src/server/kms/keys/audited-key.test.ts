import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { purgeKey } from '../../../contract/deletion/purge.ts';
import { restoreKey } from '../../../contract/deletion/restore.ts';
import { acknowledgeEvent } from '../../../contract/events/acknowledge.ts';
import { syncResources } from '../../../contract/events/sync.ts';
import { deleteKey } from '../../../contract/keys/delete.ts';
import { disableKey } from '../../../contract/keys/disable.ts';
import { enableKey } from '../../../contract/keys/enable.ts';
import { getKey } from '../../../contract/keys/get.ts';
import { readKeyMetadata } from '../../../contract/keys/metadata.ts';
import { rotateKey } from '../../../contract/keys/rotate.ts';
import { rewrapDek } from '../../../contract/keys/use/rewrap.ts';
import { unwrapDek } from '../../../contract/keys/use/unwrap.ts';
import { listKeyVersions } from '../../../contract/keys/versions.ts';
import { createRegistration } from '../../../contract/registrations/create.ts';
import { addCluster } from '../../testkit/clusters.ts';
import { authorize, SERVICE } from '../../testkit/people.ts';
import { type KeyScene, openKeyScene } from '../testkit/key-scene.ts';
import { auditedKey, auditedUse } from './audited-key.ts';

const DAY = 86_400_000;

let scene: KeyScene;
beforeEach(async () => {
  scene = await openKeyScene({
    lifecycle: {
      enableAfterDisableSeconds: 0,
      restoreAfterDeleteSeconds: 0,
      purgeAfterDeleteSeconds: 0,
      syncAfterEventSeconds: 0,
      rotateIntervalSeconds: 0,
    },
  });
});
afterEach(() => scene[Symbol.asyncDispose]());

const lastRecord = async () => (await scene.server.auditRecords()).at(-1);

describe('the record of what is done with a key', () => {
  it('names its ring, its kind, its state, and how many days it has left, for every operation on it', async () => {
    const expirationDate = '2026-01-12T03:04:04Z';
    const { id } = await scene.addKey({ expirationDate });
    const left = { keyId: id, expirationDate, daysToKeyExpire: 9 };
    expect(await lastRecord()).toMatchObject({
      action: 'kms.secrets.create',
      requestData: { keyRingId: 'default', keyType: 'root_key', expirationDate },
      responseData: { ...left, keyState: 1, keyVersionId: id },
    });
    const ciphertext = await scene.wrap(id);
    expect(await lastRecord()).toMatchObject({ action: 'kms.secrets.wrap', responseData: { ...left, keyVersionId: id } });
    await scene.call(rotateKey, id);
    const version = (await scene.metadata(id)).keyVersion;
    const body = { ciphertext };
    const steps = [
      [getKey, undefined, { keyState: 1 }],
      [readKeyMetadata, undefined, { keyState: 1 }],
      [listKeyVersions, undefined, { keyState: 1, totalResources: 2 }],
      [unwrapDek, body, { keyState: 1, keyVersionId: id, rewrappedKeyVersionId: version?.id }],
      [rewrapDek, body, { keyState: 1, keyVersionId: id, rewrappedKeyVersionId: version?.id }],
      [disableKey, undefined, { keyState: 2 }],
      [enableKey, undefined, { keyState: 1 }],
      [syncResources, undefined, { keyState: 1, keyVersionId: version?.id }],
      [rotateKey, undefined, { keyState: 1, keyVersionCreationDate: '2026-01-02T03:04:05Z' }],
      [deleteKey, undefined, { keyState: 5, deletionDate: '2026-01-02T03:04:05Z' }],
      [restoreKey, undefined, { keyState: 1 }],
      [deleteKey, undefined, { keyState: 5 }],
      [purgeKey, undefined, { keyState: 5, deletionDate: '2026-01-02T03:04:05Z', purgeAllowedFrom: '2026-01-02T03:04:05Z' }],
    ] as const;
    for (const [operation, given, more] of steps) {
      await scene.call(operation as typeof rotateKey, id, { body: given });
      const record = await lastRecord();
      expect([operation.name, record?.responseData]).toEqual([operation.name, expect.objectContaining({ ...left, ...more })]);
      // Wrap and unwrap are too many for what their key's own record says already.
      if (operation !== unwrapDek && operation !== rewrapDek)
        expect(record?.requestData).toMatchObject({ keyRingId: 'default', keyType: 'root_key' });
    }
  });

  it('says nothing of expiry where a key has none', async () => {
    const { id } = await scene.addKey({ extractable: true });
    await scene.call(getKey, id);
    expect(await lastRecord()).toMatchObject({
      requestData: { keyType: 'standard_key' },
      responseData: { keyId: id, keyState: 1 },
    });
    expect((await lastRecord())?.responseData).not.toHaveProperty('daysToKeyExpire');
  });

  it('never holds material, plaintext or ciphertext', async () => {
    const payload = Buffer.alloc(32, 3).toString('base64');
    const { id } = await scene.addKey({ payload });
    const ciphertext = await scene.wrap(id, 'c2VjcmV0IERFSw==', ['secret aad']);
    await scene.unwrap(id, ciphertext, ['secret aad']);
    const records = JSON.stringify(await scene.server.auditRecords());
    for (const secret of [payload, 'c2VjcmV0IERFSw==', ciphertext, 'secret aad']) expect(records).not.toContain(secret);
  });
});

it('days are counted whole, and never below 0', () => {
  const key = { id: 'k', state: 1, expires_at: 10 * DAY } as const;
  const days = (now: number) => auditedKey(key, now).daysToKeyExpire;
  expect([days(0), days(1), days(9 * DAY), days(9 * DAY + 1), days(10 * DAY), days(11 * DAY)]).toEqual([10, 9, 1, 0, 0, 0]);
});

it('of a use the log gets the same object while nothing changes, and what is true at each instant', () => {
  const kept = { id: 'k', state: 1, expires_at: null } as const;
  expect(auditedUse(kept, 0, 'v1')).toBe(auditedUse(kept, 5 * DAY, 'v1'));
  expect(auditedUse(kept, 0, 'v2')).toEqual({ keyId: 'k', keyState: 1, keyVersionId: 'v2' });
  expect(auditedUse(kept, 0, 'v1')).toEqual({ keyId: 'k', keyState: 1, keyVersionId: 'v1' });
  expect(auditedUse({ ...kept, state: 2 }, 0, 'v1')).toMatchObject({ keyState: 2 });
  const ending = { id: 'k', state: 1, expires_at: 10 * DAY } as const;
  const seen = [0, 3 * DAY, 10 * DAY].map((now) => auditedUse(ending, now, 'v1'));
  expect(seen).toMatchObject([
    { keyState: 1, daysToKeyExpire: 10 },
    { keyState: 1, daysToKeyExpire: 7 },
    { keyState: 3, daysToKeyExpire: 0 },
  ]);
});

it('the record of an acknowledged rotation names both versions and when they were made', async () => {
  await authorize(scene.server, { roles: [`${SERVICE}Reader`], service: 'kms' });
  const cluster = await addCluster(scene.server, 'cluster1');
  const { id } = await scene.addKey();
  const { headers } = scene;
  await scene.server.pipeline.invoke(createRegistration, cluster.service, {
    headers,
    params: { id, crn: cluster.crn },
    body: { metadata: {}, resources: [{ preventKeyDeletion: false }] },
  });
  scene.server.clock.advance(1000);
  await scene.call(rotateKey, id);
  const [pending] = await scene.server.events.pendingFor('containers-kubernetes', 1);
  const eventId = pending?.event.id ?? '';
  await scene.server.pipeline.invoke(acknowledgeEvent, cluster.service, {
    headers,
    body: { metadata: {}, resources: [{ eventId, adopterKeyState: 'DEK_ENABLED', timestamp: '2026-01-02T03:04:07Z' }] },
  });
  expect(await lastRecord()).toMatchObject({
    action: 'kms.secrets.ack-rotate',
    responseData: {
      keyId: id,
      resourceCRN: cluster.crn,
      eventAckData: {
        eventId,
        eventType: 'rotation',
        keyState: 'DEK_ENABLED',
        eventAckTimeStamp: '2026-01-02T03:04:07Z',
        newKeyVersionId: (await scene.metadata(id)).keyVersion?.id,
        newKeyVersionCreationDate: '2026-01-02T03:04:06Z',
        oldKeyVersionId: id,
        oldKeyVersionCreationDate: '2026-01-02T03:04:05Z',
      },
    },
  });
});
