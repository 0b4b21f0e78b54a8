import { describe, expect, it } from 'vitest';
import { deleteKey } from '../../contract/keys/delete.ts';
import { disableKey } from '../../contract/keys/disable.ts';
import { readKeyMetadata } from '../../contract/keys/metadata.ts';
import { rotateKey } from '../../contract/keys/rotate.ts';
import { DAY, type JobsScene, MINUTE, openJobs } from './testkit/jobs-scene.ts';

const HOUR = 60 * MINUTE;

describe('a key whose expirationDate has passed', () => {
  it('becomes Deactivated in the store, with its event and its audit record, once', async () => {
    await using scene = await openJobs();
    const id = await expiring(scene, HOUR);
    const before = await scene.metadata(id);
    await scene.advance(HOUR);
    await scene.twoPasses();
    expect(await storedState(scene, id)).toBe(3);
    expect((await scene.metadata(id)).lastUpdateDate).not.toBe(before.lastUpdateDate);
    const record = await recordOf(scene, 'kms.secrets.expire');
    expect(record).toMatchObject({
      outcome: 'success',
      severity: 'normal',
      initiator: { id: expect.stringMatching(/^crn-crn:v1:.*:kms:/), typeURI: 'service/security/account/service' },
      target: { id: expect.stringContaining(`:key:${id}`), typeURI: 'kms/keys' },
      responseData: { keyId: id, keyState: 3, expirationDate: before.expirationDate, daysToKeyExpire: 0 },
    });
    const events = await scene.server.store.db.selectFrom('lifecycle_events').selectAll().where('key_id', '=', id).execute();
    expect(events).toMatchObject([{ type: 'expire', key_state: 3, correlation_id: record.correlationId }]);
    await scene.advance(DAY);
    await scene.twoPasses();
    expect(await scene.done(id)).toEqual(['kms.secrets.expire']);
  });

  it('expires also while it is disabled, and rotates no more', async () => {
    await using scene = await openJobs();
    const id = await expiring(scene, 31 * DAY);
    await scene.addRotation(id, 2);
    await scene.call(disableKey, id);
    await scene.advance(31 * DAY);
    await scene.twoPasses();
    await scene.advance(90 * DAY);
    await scene.twoPasses();
    expect([await storedState(scene, id), await versions(scene, id)]).toEqual([3, 1]);
    expect(await scene.done(id)).toEqual(['kms.secrets.expire']);
  });

  it('is left alone if it was deleted meanwhile', async () => {
    await using scene = await openJobs();
    const id = await expiring(scene, HOUR);
    await scene.advance(HOUR);
    await scene.scheduler.pass();
    await scene.call(deleteKey, id);
    await scene.advance(10 * MINUTE);
    await scene.scheduler.pass();
    expect(await storedState(scene, id)).toBe(5);
  });

  it('is not written by the first look, nor less than ten minutes later', async () => {
    await using scene = await openJobs();
    const id = await expiring(scene, HOUR);
    await scene.advance(HOUR);
    await scene.scheduler.pass();
    await scene.advance(10 * MINUTE - 1000);
    await scene.scheduler.pass();
    expect(await storedState(scene, id)).toBe(1);
    await scene.advance(1000);
    await scene.scheduler.pass();
    expect(await storedState(scene, id)).toBe(3);
  });

  it('that the first look did not see waits for two looks of its own', async () => {
    await using scene = await openJobs();
    const first = await expiring(scene, HOUR);
    const second = await expiring(scene, HOUR + 5 * MINUTE);
    await scene.advance(HOUR);
    await scene.twoPasses();
    expect([await storedState(scene, first), await storedState(scene, second)]).toEqual([3, 1]);
    await scene.advance(10 * MINUTE);
    await scene.scheduler.pass();
    expect(await storedState(scene, second)).toBe(3);
  });
});

describe('a rotation policy', () => {
  it('rotates the key when its interval is over, as the service itself, and goes on', async () => {
    await using scene = await openJobs();
    const { id } = await scene.addKey();
    const ciphertext = await scene.wrap(id);
    await scene.addRotation(id, 1);
    await scene.advance(30 * DAY - 1000);
    await scene.scheduler.pass();
    expect(await versions(scene, id)).toBe(1);
    await scene.advance(1000);
    await scene.scheduler.pass();
    expect(await versions(scene, id)).toBe(2);
    expect((await scene.unwrap(id, ciphertext)).plaintext).toBe('AAAA');
    expect(await recordOf(scene, 'kms.secrets.rotate')).toMatchObject({ severity: 'warning', initiator: { name: 'rootward' } });
    const [event] = await scene.server.store.db.selectFrom('lifecycle_events').selectAll().execute();
    expect(event).toMatchObject({ type: 'rotation', previous_key_version_id: id });
    await scene.advance(30 * DAY);
    await scene.scheduler.pass();
    expect(await versions(scene, id)).toBe(3);
  });

  it('makes up for many missed rotations by one', async () => {
    await using scene = await openJobs();
    const { id } = await scene.addKey();
    await scene.addRotation(id, 1);
    await scene.advance(200 * DAY);
    for (let pass = 0; pass < 3; pass += 1) {
      await scene.scheduler.pass();
      await scene.advance(MINUTE);
    }
    expect(await versions(scene, id)).toBe(2);
  });

  it('begins its interval anew with a rotation by hand', async () => {
    await using scene = await openJobs();
    const { id } = await scene.addKey();
    await scene.addRotation(id, 1);
    await scene.advance(29 * DAY);
    await scene.call(rotateKey, id);
    await scene.advance(29 * DAY);
    await scene.scheduler.pass();
    expect(await versions(scene, id)).toBe(2);
    await scene.advance(DAY);
    await scene.scheduler.pass();
    expect(await versions(scene, id)).toBe(3);
  });

  it('leaves a suspended and a deleted key alone', async () => {
    await using scene = await openJobs();
    const suspended = await scene.keyIn(2);
    const deleted = await scene.keyIn(5);
    for (const { id } of [suspended, deleted]) await scene.addRotation(id, 1);
    await scene.advance(31 * DAY);
    await scene.scheduler.pass();
    expect([await versions(scene, suspended.id), await versions(scene, deleted.id)]).toEqual([1, 1]);
  });
});

describe('a key that was deleted 90 days ago', () => {
  it('is purged for good, not before', async () => {
    await using scene = await openJobs();
    const { id, ciphertext } = await scene.keyIn(5);
    await scene.advance(90 * DAY - MINUTE);
    await scene.twoPasses();
    expect(await storedState(scene, id)).toBe(5);
    await scene.advance(10 * MINUTE);
    await scene.scheduler.pass();
    await expect(scene.call(readKeyMetadata, id)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    await expect(scene.unwrap(id, ciphertext)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    expect(await versions(scene, id)).toBe(0);
    expect(await scene.done(id)).toEqual(['kms.secrets.purge']);
  });
});

describe('a deleted key that can be restored for longer than others are kept', () => {
  it('is kept as long, and says so', async () => {
    await using scene = await openJobs({ lifecycle: { restoreWindowSeconds: (180 * DAY) / 1000 } });
    const { id } = await scene.keyIn(5);
    const { restoreExpirationDate, purgeScheduledOn } = await scene.metadata(id);
    expect(purgeScheduledOn).toBe(restoreExpirationDate);
    await scene.advance(179 * DAY);
    await scene.twoPasses();
    expect(await storedState(scene, id)).toBe(5);
    await scene.advance(2 * DAY);
    await scene.twoPasses();
    await expect(scene.call(readKeyMetadata, id)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
  });
});

describe('the first authorization to delete a key', () => {
  it('lapses after seven days, on record', async () => {
    await using scene = await openJobs();
    const { id } = await scene.addKey();
    const at = scene.server.clock.now();
    await scene.server.store.change(['keys'], async (tx) => {
      const authorized = { deletion_authorized_by: 'IBMid-1', deletion_authorized_at: at };
      const { keyRows } = scene.server.kms;
      const key = await keyRows.find(tx, scene.headers['bluemix-instance'], id);
      if (key) await keyRows.change(tx, key, authorized);
    });
    await scene.advance(7 * DAY - 1000);
    await scene.scheduler.pass();
    expect(await scene.done(id)).toEqual([]);
    await scene.advance(1000);
    await scene.scheduler.pass();
    expect(await recordOf(scene, 'kms.secrets.unsetkeyfordeletion')).toMatchObject({
      responseData: { keyId: id, initialValue: { authID: 'IBMid-1', authExpiration: '2026-01-09T03:04:05Z' } },
    });
    const row = await scene.server.store.db.selectFrom('keys').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    expect([row.deletion_authorized_by, row.deletion_authorized_at]).toEqual([null, null]);
  });
});

async function expiring(scene: JobsScene, inMs: number): Promise<string> {
  const expirationDate = new Date(scene.server.clock.now() + inMs).toISOString();
  return (await scene.addKey({ expirationDate })).id;
}

async function storedState(scene: JobsScene, id: string): Promise<number | undefined> {
  const row = await scene.server.store.db.selectFrom('keys').select('state').where('id', '=', id).executeTakeFirst();
  return row?.state;
}

async function versions(scene: JobsScene, id: string): Promise<number> {
  return (await scene.server.store.db.selectFrom('key_versions').select('id').where('key_id', '=', id).execute()).length;
}

async function recordOf(scene: JobsScene, action: string) {
  const records = (await scene.server.auditRecords()).filter((record) => record.action === action);
  expect(records).toHaveLength(1);
  return records[0] as { correlationId: string };
}
