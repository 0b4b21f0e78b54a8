import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { purgeKey } from '../../../contract/deletion/purge.ts';
import { restoreKey } from '../../../contract/deletion/restore.ts';
import { syncResources } from '../../../contract/events/sync.ts';
import { deleteKey } from '../../../contract/keys/delete.ts';
import { disableKey } from '../../../contract/keys/disable.ts';
import { enableKey } from '../../../contract/keys/enable.ts';
import { getKey } from '../../../contract/keys/get.ts';
import { KEY_ACTIONS, KEY_STATE, KEY_STATE_NAMES, type KeyAction } from '../../../contract/keys/key-states.ts';
import { rewrapDek } from '../../../contract/keys/rewrap.ts';
import { rotateKey } from '../../../contract/keys/rotate.ts';
import { unwrapDek } from '../../../contract/keys/unwrap.ts';
import { listKeyVersions } from '../../../contract/keys/versions.ts';
import { wrapDek } from '../../../contract/keys/wrap.ts';
import { first, type KeyScene, openKeyScene } from '../testkit/key-scene.ts';

let scene: KeyScene;
beforeAll(async () => {
  scene = await openKeyScene({
    lifecycle: {
      enableAfterDisableSeconds: 0,
      restoreAfterDeleteSeconds: 0,
      purgeAfterDeleteSeconds: 0,
      syncAfterEventSeconds: 0,
    },
  });
});
afterAll(() => scene[Symbol.asyncDispose]());

const OPERATIONS = {
  wrap: wrapDek,
  unwrap: unwrapDek,
  rewrap: rewrapDek,
  rotate: rotateKey,
  disable: disableKey,
  enable: enableKey,
  delete: deleteKey,
  restore: restoreKey,
  purge: purgeKey,
  sync: syncResources,
} as const satisfies Partial<Record<KeyAction, object>>;

const cells = (Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[]).flatMap((action) =>
  Object.values(KEY_STATE).map((state) => [action, KEY_STATE_NAMES[state], KEY_ACTIONS[action][state], state] as const),
);

describe('what a key does in each state', () => {
  it.each(cells)('%s of a key that is %s: %s', async (action, _name, verdict, state) => {
    const { id, ciphertext } = await scene.keyIn(state);
    const before = await scene.metadata(id);
    const body = action === 'unwrap' || action === 'rewrap' ? { ciphertext } : undefined;
    const done = scene.call(OPERATIONS[action] as typeof rotateKey, id, { body });
    if (verdict === 'ok') {
      await done;
    } else {
      await expect(done).rejects.toMatchObject({ code: verdict });
      expect(await scene.metadata(id)).toEqual(before);
    }
  });

  it.each(Object.values(KEY_STATE))('a key in state %i can be read', async (state) => {
    const { id } = await scene.keyIn(state);
    expect(first((await scene.call(getKey, id)).output)).toMatchObject({ id, state, deleted: state === 5 });
  });

  it('versions are listed while it is Active, and in every other state by allKeyStates only', async () => {
    const outcome = async (state: 1 | 2 | 3 | 5, query: object) =>
      scene.call(listKeyVersions, (await scene.keyIn(state)).id, { query }).then(
        ({ output }) => output.resources.length,
        (error: { code: string }) => error.code,
      );
    expect(await Promise.all([outcome(1, {}), outcome(2, {}), outcome(5, {})])).toEqual([1, 'KEY_STATE', 'KEY_DELETED']);
    expect(await outcome(3, {})).toBe('KEY_STATE');
    for (const state of [1, 2, 3, 5] as const) expect(await outcome(state, { allKeyStates: 'true' })).toBe(1);
  });

  it.each(['wrap', 'unwrap', 'rewrap', 'rotate', 'disable', 'enable', 'sync'] as const)('%s needs a root key', async (action) => {
    const { id } = await scene.addKey({ extractable: true });
    const done = scene.call(OPERATIONS[action] as typeof rotateKey, id, {
      body: action === 'unwrap' || action === 'rewrap' ? { ciphertext: 'AAAA' } : undefined,
    });
    await expect(done).rejects.toMatchObject({ code: 'KEY_ROOT_REQUIRED' });
  });
});
