import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { authorizeDeletion } from '../../../contract/deletion/authorize.ts';
import { purgeKey } from '../../../contract/deletion/purge.ts';
import { restoreKey } from '../../../contract/deletion/restore.ts';
import { withdrawDeletion } from '../../../contract/deletion/withdraw.ts';
import { syncResources } from '../../../contract/events/sync.ts';
import { putKeyPolicies } from '../../../contract/key-policies/put.ts';
import { deleteKey } from '../../../contract/keys/delete.ts';
import { disableKey } from '../../../contract/keys/disable.ts';
import { enableKey } from '../../../contract/keys/enable.ts';
import { rotateKey } from '../../../contract/keys/rotate.ts';
import { rewrapDek } from '../../../contract/keys/use/rewrap.ts';
import { unwrapDek } from '../../../contract/keys/use/unwrap.ts';
import { wrapDek } from '../../../contract/keys/use/wrap.ts';
import { listKeyVersions } from '../../../contract/keys/versions.ts';
import { onBothEngines } from '../../../store/testkit/test-store.ts';
import { addPerson, grant, SERVICE, type TestPerson } from '../../testkit/people.ts';
import {
  actOnModel,
  DAY,
  HOUR,
  MODEL_ACTIONS,
  type ModelAction,
  type ModelKey,
  SECOND,
  shownState,
} from '../testkit/key-model.ts';
import { type KeyScene, openKeyScene } from '../testkit/key-scene.ts';

const OPERATIONS = {
  wrap: wrapDek,
  unwrap: unwrapDek,
  rewrap: rewrapDek,
  rotate: rotateKey,
  disable: disableKey,
  enable: enableKey,
  authorize: authorizeDeletion,
  withdraw: withdrawDeletion,
  delete: deleteKey,
  restore: restoreKey,
  purge: purgeKey,
  sync: syncResources,
} as const satisfies Record<ModelAction, object>;

/** How many histories of one key each, half of them on either engine. They run side by side, as their requests would. */
const HISTORIES = Number(process.env.ROOTWARD_TEST_HISTORIES ?? 10_000);
const SIDE_BY_SIDE = 250;
const STEPS = 6;
const WHO = ['first', 'second'] as const;

interface Step {
  readonly action: ModelAction;
  readonly who: (typeof WHO)[number];
}
interface History {
  readonly isDualAuth: boolean;
  readonly lifetime: number | undefined;
  readonly steps: readonly Step[];
}
interface Lived {
  readonly id: string;
  readonly model: ModelKey;
  readonly ciphertexts: string[];
}

const step: fc.Arbitrary<Step> = fc.record({ action: fc.constantFrom(...MODEL_ACTIONS), who: fc.constantFrom(...WHO) });
const history: fc.Arbitrary<History> = fc.record({
  isDualAuth: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
  lifetime: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, fc.constantFrom(HOUR, 3 * DAY, 20 * DAY)),
  steps: fc.array(step, { minLength: STEPS, maxLength: STEPS }),
});
/** How long it is from one step to the next, for all histories of a run: on both sides of each wait and window. */
const pauses = fc.array(
  fc.constantFrom(0, SECOND, 30 * SECOND - 1, 30 * SECOND, HOUR - 1, HOUR, 4 * HOUR, 7 * DAY, 30 * DAY, 30 * DAY + 1),
  { minLength: STEPS, maxLength: STEPS },
);

onBothEngines('any history of a key', (_open, engine) => {
  let scene: KeyScene;
  let second: TestPerson;
  let tokens: Readonly<Record<(typeof WHO)[number], string>>;

  beforeAll(async () => {
    scene = await openKeyScene({ engine });
    second = await addPerson(scene.server, 'second');
    const roles = [`${SERVICE}Manager`, 'crn:v1:bluemix:public:kms::::serviceRole:KeyPurge'];
    await grant(scene.server, { iamId: second.iamId, roles, service: 'kms' });
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  /** Time passes for everybody; a token lives an hour, so everybody logs in again. */
  async function pass(milliseconds: number): Promise<void> {
    await scene.advance(milliseconds);
    const { server } = scene;
    tokens = { first: await server.logIn(server.ownerApiKey), second: await server.logIn(second.apiKey) };
  }

  async function begin({ isDualAuth, lifetime }: History): Promise<Lived> {
    const now = scene.server.clock.now();
    const expiresAt = lifetime === undefined ? undefined : now + lifetime;
    const { id } = await scene.addKey(expiresAt === undefined ? {} : { expirationDate: new Date(expiresAt).toISOString() });
    if (isDualAuth) {
      const metadata = { collectionType: 'application/vnd.ibm.kms.policy+json', collectionTotal: 1 };
      const resources = [{ type: 'application/vnd.ibm.kms.policy+json', dualAuthDelete: { enabled: true } }];
      await scene.call(putKeyPolicies, id, { body: { metadata, resources } });
    }
    const model: ModelKey = {
      state: 'active',
      versions: 1,
      isDualAuth,
      expiresAt,
      disabledAt: 0,
      deletedAt: 0,
      rotatedAt: undefined,
      lastEventAt: undefined,
      authorized: undefined,
    };
    return { id, model, ciphertexts: [await scene.wrap(id)] };
  }

  async function take({ id, model, ciphertexts }: Lived, { action, who }: Step): Promise<void> {
    const now = scene.server.clock.now();
    const given = action === 'unwrap' || action === 'rewrap' ? { ciphertext: ciphertexts.at(-1) } : undefined;
    const got = await scene.call(OPERATIONS[action] as typeof wrapDek, id, { body: given, token: tokens[who] }).then(
      ({ output }) => {
        if (action === 'wrap' || action === 'rewrap') ciphertexts.push(output.ciphertext);
        return undefined;
      },
      (error: { code: string }) => error.code,
    );
    expect([action, who, got]).toEqual([action, who, actOnModel(model, action, who, now)]);
  }

  async function compare({ id, model, ciphertexts }: Lived): Promise<void> {
    const expected = shownState(model, scene.server.clock.now());
    if (expected === undefined) return await expect(scene.metadata(id)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    expect((await scene.metadata(id)).state).toBe(expected);
    const { output } = await scene.call(listKeyVersions, id, { query: { allKeyStates: 'true' } });
    expect(output.resources).toHaveLength(model.versions);
    if (expected === 2 || expected === 5) return;
    for (const ciphertext of ciphertexts) expect((await scene.unwrap(id, ciphertext)).plaintext).toMatch(/./);
  }

  it('goes as a model of a few lines says, and what was ever wrapped opens while the key may be used', async () => {
    const together = fc.tuple(pauses, fc.array(history, { minLength: SIDE_BY_SIDE, maxLength: SIDE_BY_SIDE }));
    await fc.assert(
      fc.asyncProperty(together, async ([waits, histories]) => {
        await pass(0);
        const lives = await Promise.all(histories.map(begin));
        for (const [at, wait] of waits.entries()) {
          await pass(wait);
          const turns = histories.map(({ steps }, index) => ({ life: lives[index], turn: steps[at] }));
          await Promise.all(turns.flatMap(({ life, turn }) => (life && turn ? [take(life, turn)] : [])));
        }
        await Promise.all(lives.map(compare));
      }),
      { numRuns: Math.ceil(HISTORIES / 2 / SIDE_BY_SIDE), endOnFailure: true },
    );
  }, 240_000);
});
