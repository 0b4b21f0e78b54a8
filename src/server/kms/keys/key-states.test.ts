import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorizeDeletion } from '../../../contract/deletion/authorize.ts';
import { purgeKey } from '../../../contract/deletion/purge.ts';
import { restoreKey } from '../../../contract/deletion/restore.ts';
import { withdrawDeletion } from '../../../contract/deletion/withdraw.ts';
import { syncResources } from '../../../contract/events/sync.ts';
import { createKeyAlias } from '../../../contract/key-aliases/create.ts';
import { putKeyPolicies } from '../../../contract/key-policies/put.ts';
import { deleteKey } from '../../../contract/keys/delete.ts';
import { disableKey } from '../../../contract/keys/disable.ts';
import { enableKey } from '../../../contract/keys/enable.ts';
import { getKey } from '../../../contract/keys/get.ts';
import { KEY_ACTIONS, type KeyAction } from '../../../contract/keys/key-states.ts';
import { patchKey } from '../../../contract/keys/patch.ts';
import { rotateKey } from '../../../contract/keys/rotate.ts';
import { rewrapDek } from '../../../contract/keys/use/rewrap.ts';
import { unwrapDek } from '../../../contract/keys/use/unwrap.ts';
import { wrapDek } from '../../../contract/keys/use/wrap.ts';
import { listKeyVersions } from '../../../contract/keys/versions.ts';
import { onBothEngines } from '../../../store/testkit/test-store.ts';
import { first, type KeyScene, openKeyScene } from '../testkit/key-scene.ts';

const OPERATIONS = {
  wrap: wrapDek,
  unwrap: unwrapDek,
  rewrap: rewrapDek,
  rotate: rotateKey,
  disable: disableKey,
  enable: enableKey,
  'authorize deletion': authorizeDeletion,
  'withdraw deletion': withdrawDeletion,
  delete: deleteKey,
  restore: restoreKey,
  purge: purgeKey,
  move: patchKey,
  'change aliases': createKeyAlias,
  'change policies': putKeyPolicies,
  sync: syncResources,
} as const satisfies Record<KeyAction, object>;

const STATES = ['Active', 'Suspended', 'Deactivated', 'Destroyed', 'purged'] as const;
const STORED = { Active: 1, Suspended: 2, Deactivated: 3, Destroyed: 5 } as const;
type State = (typeof STATES)[number];

/** The documented table once more, so that a slip in the one that the server uses is seen: o ok, s wrong state, d deleted, n not found. */
const EXPECTED: Readonly<Record<KeyAction, string>> = {
  wrap: 'o s s d n',
  unwrap: 'o s o d n',
  rewrap: 'o s o d n',
  rotate: 'o s o d n',
  disable: 'o s s d n',
  enable: 's o s d n',
  'authorize deletion': 'o o o d n',
  'withdraw deletion': 'o o o d n',
  delete: 'o o o d n',
  restore: 's s s o n',
  purge: 's s s o n',
  move: 'o o o d n',
  'change aliases': 'o o o d n',
  'change policies': 'o o o d n',
  sync: 'o o o o n',
};
const CODES = { o: undefined, s: 'KEY_STATE', d: 'KEY_DELETED', n: 'KEY_NOT_FOUND' } as const;

const cells = (Object.keys(KEY_ACTIONS) as KeyAction[]).flatMap((action) =>
  STATES.map((state, index) => [action, state, CODES[EXPECTED[action].split(' ')[index] as keyof typeof CODES]] as const),
);
const ROOT_KEYS_ONLY = ['wrap', 'unwrap', 'rewrap', 'rotate', 'disable', 'enable', 'sync'] as const;
const policies = (enabled: boolean) => ({
  metadata: { collectionType: 'application/vnd.ibm.kms.policy+json', collectionTotal: 1 },
  resources: [{ type: 'application/vnd.ibm.kms.policy+json', dualAuthDelete: { enabled } }],
});

onBothEngines('what a key does in each state', (_open, engine) => {
  let scene: KeyScene;
  beforeAll(async () => {
    const noWaits = { enableAfterDisableSeconds: 0, restoreAfterDeleteSeconds: 0, purgeAfterDeleteSeconds: 0 };
    scene = await openKeyScene({ engine, lifecycle: { ...noWaits, syncAfterEventSeconds: 0 } });
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  async function keyIn(state: State): Promise<{ id: string; ciphertext: string }> {
    const key = await scene.keyIn(state === 'purged' ? 5 : STORED[state]);
    if (state === 'purged') await scene.call(purgeKey, key.id);
    return key;
  }

  function act(action: KeyAction, { id, ciphertext }: { id: string; ciphertext: string }): Promise<unknown> {
    const body = {
      unwrap: { ciphertext },
      rewrap: { ciphertext },
      move: { keyRingID: 'default' },
      'change policies': policies(false),
    }[action as string];
    return scene.call(OPERATIONS[action] as typeof rotateKey, id, { body, params: { alias: `alias-${id.slice(0, 8)}` } });
  }

  it.each(cells)('%s of a key that is %s: %s', async (action, state, code) => {
    const key = await keyIn(state);
    const needsTwo = action === 'authorize deletion' || action === 'withdraw deletion';
    if (needsTwo && code === undefined) await scene.call(putKeyPolicies, key.id, { body: policies(true) });
    const before = state === 'purged' ? undefined : await scene.metadata(key.id);
    const done = act(action, key);
    if (code === undefined) {
      await done;
    } else {
      await expect(done).rejects.toMatchObject({ code });
      if (before) expect(await scene.metadata(key.id)).toEqual(before);
    }
  });

  it.each(Object.values(STORED))('a key in state %i can be read', async (state) => {
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

  describe('root keys only', () => {
    it.each(ROOT_KEYS_ONLY)('%s', async (action) => {
      const { id } = await scene.addKey({ extractable: true });
      await expect(act(action, { id, ciphertext: 'AAAA' })).rejects.toMatchObject({ code: 'KEY_ROOT_REQUIRED' });
    });
  });
});
