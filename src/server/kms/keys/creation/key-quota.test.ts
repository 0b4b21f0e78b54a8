import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { purgeKey } from '../../../../contract/deletion/purge.ts';
import { deleteKey } from '../../../../contract/keys/delete.ts';
import { countKeyIn, countKeyOut } from '../../../../store/kms/instance-usage.ts';
import { onBothEngines } from '../../../../store/testkit/test-store.ts';
import { type KeyScene, openKeyScene } from '../../testkit/key-scene.ts';

describe('the quota of keys of an instance', () => {
  let scene: KeyScene;
  afterEach(() => scene[Symbol.asyncDispose]());

  it('refuses the key beyond it, which leaves nothing behind, and counts deleted keys until they are purged', async () => {
    scene = await openKeyScene({ limits: { keysPerInstance: 3 }, lifecycle: { purgeAfterDeleteSeconds: 0 } });
    const { id } = await scene.addKey();
    await scene.addKey();
    await scene.addKey();
    await expect(scene.addKey()).rejects.toMatchObject({ code: 'KEY_QUOTA' });
    await expect(scene.addKey()).rejects.toThrow(/has 3 keys/);
    await scene.call(deleteKey, id);
    await expect(scene.addKey()).rejects.toMatchObject({ code: 'KEY_QUOTA' });
    await scene.call(purgeKey, id);
    await scene.addKey();
    await expect(scene.addKey()).rejects.toMatchObject({ code: 'KEY_QUOTA' });
  });

  it('is exact where many keys are made at the same time', async () => {
    scene = await openKeyScene({ limits: { keysPerInstance: 10 } });
    const made = await Promise.allSettled(Array.from({ length: 30 }, () => scene.addKey()));
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  });

  it('is not there where it is 0', async () => {
    scene = await openKeyScene({ limits: { keysPerInstance: 0 } });
    for (let turn = 0; turn < 5; turn += 1) await scene.addKey();
  });
});

onBothEngines('the count of keys', (open) => {
  it('begins with the keys that are there, and goes up and down with them', async () => {
    await using store = await open();
    const instance = randomUUID();
    const counted = () => store.change(['keys'], (tx) => countKeyIn(tx, instance));
    expect([await counted(), await counted(), await counted()]).toEqual([1, 2, 3]);
    await store.change(['keys'], (tx) => countKeyOut(tx, instance));
    expect(await counted()).toBe(3);
  });

  it('is undone with the change that it was part of', async () => {
    await using store = await open();
    const instance = randomUUID();
    const failing = store.change(['keys'], async (tx) => {
      await countKeyIn(tx, instance);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await store.change(['keys'], (tx) => countKeyIn(tx, instance))).toBe(1);
  });
});
