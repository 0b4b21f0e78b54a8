import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deleteApiKey } from '../../../../contract/api-keys/delete.ts';
import { listApiKeys } from '../../../../contract/api-keys/list.ts';
import { createKey } from '../../../../contract/keys/creation/create.ts';
import { deleteKey } from '../../../../contract/keys/delete.ts';
import { disableKey } from '../../../../contract/keys/disable.ts';
import { getKey } from '../../../../contract/keys/get.ts';
import { KEY_TYPE } from '../../../../contract/keys/key.ts';
import { unwrapDek } from '../../../../contract/keys/use/unwrap.ts';
import { wrapDek } from '../../../../contract/keys/use/wrap.ts';
import { deletePolicy } from '../../../../contract/policies/delete.ts';
import { createServiceId } from '../../../../contract/service-ids/create.ts';
import { createAuditor } from '../../../audit/auditor.ts';
import { freshDirectory, MemoryCheckpoints, openSample } from '../../../audit/sample-audit.ts';
import { DEFAULT_LIFECYCLE } from '../../../lifecycle.ts';
import { createMetrics } from '../../../operate/metrics.ts';
import { createPipeline } from '../../../pipeline.ts';
import { addPerson, grant, SERVICE, type TestPerson } from '../../../testkit/people.ts';
import { kmsHandlers } from '../../handlers.ts';
import { createImportKeyPairs } from '../../import-tokens/key-pairs.ts';
import { createKeyMaterial } from '../../key-material.ts';
import { type KeyScene, openKeyScene } from '../../testkit/key-scene.ts';
import { createKeyResolver } from '../resolve-key.ts';

/** A place where a request waits until the test lets it go on. */
function stop() {
  let reached = (): void => undefined;
  let open = (): void => undefined;
  const arrived = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const pass = async (): Promise<void> => {
    reached();
    await opened;
  };
  return { pass, arrived, open };
}

/** The key service of a scene once more, where reading key material, or the disk of the audit log, takes as long as a test wants. */
async function slowly(scene: KeyScene, place: 'material' | 'audit') {
  const { store, barrier, decide, authenticate, clock, iam, kms } = scene.server;
  const { keyRows } = kms;
  const { pass, arrived, open } = stop();
  const directory = freshDirectory();
  const material = createKeyMaterial({ store, barrier, versionsKept: 10 });
  const auditor = createAuditor({
    store,
    log: await openSample(directory, new MemoryCheckpoints()),
    newId: iam.newId,
    region: 'us-south',
  });
  const wait = (where: typeof place): Promise<void> => (where === place ? pass() : Promise.resolve());
  const handlers = kmsHandlers({
    store,
    keyRows,
    material: {
      ...material,
      async openVersion(...of) {
        const version = await material.openVersion(...of);
        await wait('material');
        return version;
      },
      async readStandardKey(...of) {
        const key = await material.readStandardKey(...of);
        await wait('material');
        return key;
      },
    },
    importKeyPairs: createImportKeyPairs(),
    privatePort: () => 15_008,
    resolver: createKeyResolver({ store, keyRows, recordsKept: 10 }),
    decide,
    lifecycle: DEFAULT_LIFECYCLE,
    keysPerInstance: 0,
    newId: iam.newId,
    announceEvents: () => undefined,
  });
  const pipeline = createPipeline(handlers, {
    store,
    decide,
    authenticate,
    metrics: createMetrics(),
    now: clock.now,
    newId: iam.newId,
    auditor: {
      ...auditor,
      async append(record) {
        await auditor.append(record);
        await wait('audit');
      },
    },
  });
  const use = (operation: { readonly name: string }, id: string, body: unknown, token: string) => {
    const handler = pipeline.handlers.get(operation.name);
    if (!handler) throw new Error(`no handler ${operation.name}`);
    const host = { address: '127.0.0.1', agent: 'test', network: 'public' as const };
    const { headers } = scene;
    return pipeline.serve(handler, { token, correlationId: 'c1', host, params: { id }, query: {}, headers, body });
  };
  /** The records of its own audit log, oldest first. */
  const recorded = () =>
    readdirSync(directory)
      .flatMap((name) => readFileSync(join(directory, name), 'utf8').trimEnd().split('\n').slice(1))
      .map((line) => JSON.parse(line) as { readonly action: string; readonly outcome: string });
  return { use, arrived, open, recorded };
}

async function writer(scene: KeyScene): Promise<{ person: TestPerson; policy: string }> {
  const person = await addPerson(scene.server, 'writer');
  const policy = await grant(scene.server, { iamId: person.iamId, roles: [`${SERVICE}Writer`], service: 'kms' });
  return { person, policy };
}

interface Changing {
  readonly scene: KeyScene;
  readonly id: string;
  readonly policy: string;
  readonly person: TestPerson;
}

async function removePolicy({ scene, policy }: Changing): Promise<void> {
  await scene.server.call(deletePolicy, scene.server.ownerToken, { params: { id: policy } });
}

async function removeApiKey({ scene, person }: Changing): Promise<void> {
  const { server } = scene;
  const query = { iam_id: person.iamId, account_id: server.account.accountId };
  const { output } = await server.call(listApiKeys, server.ownerToken, { query });
  for (const { id } of output.apikeys) await server.call(deleteApiKey, server.ownerToken, { params: { id } });
}

const CHANGES = [
  {
    name: 'disable',
    code: 'KEY_STATE',
    change: ({ scene, id }: Changing) => scene.call(disableKey, id),
  },
  {
    name: 'delete',
    code: 'KEY_DELETED',
    change: ({ scene, id }: Changing) => scene.call(deleteKey, id),
  },
  {
    name: 'the removal of the access policy',
    code: 'ACTION_DENIED',
    change: removePolicy,
  },
  {
    name: 'the deletion of the API key',
    code: 'UNAUTHENTICATED',
    change: removeApiKey,
  },
];

describe.each(CHANGES)('once $name is acknowledged', ({ change, code }) => {
  it.each(['material', 'audit'] as const)('no use of the key is answered that was waiting for %s', async (place) => {
    await using scene = await openKeyScene();
    const { person, policy } = await writer(scene);
    for (const operation of [wrapDek, unwrapDek]) {
      if (operation === unwrapDek && code !== 'KEY_STATE') continue;
      const { id } = await scene.addKey();
      const body = { ciphertext: await scene.wrap(id) };
      const { use, arrived, open } = await slowly(scene, place);
      const using = use(operation, id, operation === wrapDek ? {} : body, person.token);
      await Promise.race([arrived, using]);
      await change({ scene, id, policy, person });
      open();
      await expect(using).rejects.toMatchObject({ code });
    }
  });
});

it.each(['material', 'audit'] as const)(
  'the payload of a deleted standard key does not leave, though it was waiting for %s',
  async (place) => {
    await using scene = await openKeyScene();
    const { person } = await writer(scene);
    const { id } = await scene.addKey({ extractable: true });
    const { use, arrived, open } = await slowly(scene, place);
    const reading = use(getKey, id, undefined, person.token);
    await Promise.race([arrived, reading]);
    await scene.call(deleteKey, id);
    open();
    const answer = await reading.then(
      ({ output }) => JSON.stringify(output),
      (error: { code: string }) => error.code,
    );
    expect(answer).not.toMatch(/"payload"/);
  },
);

it('a result that is withheld leaves its refusal in the audit log', async () => {
  await using scene = await openKeyScene();
  const { id } = await scene.addKey();
  const { use, arrived, open, recorded } = await slowly(scene, 'audit');
  const wrapping = use(wrapDek, id, {}, scene.server.ownerToken);
  await Promise.race([arrived, wrapping]);
  await scene.call(disableKey, id);
  open();
  await expect(wrapping).rejects.toMatchObject({ code: 'KEY_STATE' });
  const outcomes = recorded().filter(({ action }) => action === 'kms.secrets.wrap');
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['success', 'failure']);
});

it('changes of other things refuse no use, however many there are', { timeout: 60_000 }, async () => {
  await using scene = await openKeyScene();
  const { server } = scene;
  const { id } = await scene.addKey();
  let running = true;
  const flood = Array.from({ length: 8 }, async (_, at) => {
    for (let turn = 0; running; turn += 1) {
      const { id: other } = await scene.addKey();
      await scene.call(disableKey, other);
      await server.call(createServiceId, server.ownerToken, { body: { name: `${at}-${turn}` } });
    }
  });
  const wraps = await Promise.allSettled(
    Array.from({ length: 200 }, async (_, at) => {
      await new Promise((resolve) => setTimeout(resolve, at * 2));
      return scene.wrap(id);
    }),
  );
  running = false;
  await Promise.all(flood);
  expect(wraps.filter(({ status }) => status === 'rejected')).toEqual([]);
});

it.each(['the policy', 'the API key'] as const)(
  'a change that waited while %s of its caller was deleted is not made',
  async (what) => {
    await using scene = await openKeyScene();
    const { server } = scene;
    const { person, policy } = await writer(scene);
    const { pass, arrived, open } = stop();
    // Every change waits behind this one.
    const holding = server.store.withoutChanges(pass);
    await arrived;
    const revoking = (what === 'the policy' ? removePolicy : removeApiKey)({ scene, id: '', policy, person });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const creating = server.call(createKey, person.token, {
      headers: scene.headers,
      body: {
        metadata: { collectionType: KEY_TYPE, collectionTotal: 1 },
        resources: [{ type: KEY_TYPE, name: 'late', extractable: false }],
      },
    });
    const outcome = creating.then(
      () => 'made',
      (error: { code: string }) => error.code,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    open();
    await Promise.all([holding, revoking]);
    expect(await outcome).toBe(what === 'the policy' ? 'ACTION_DENIED' : 'UNAUTHENTICATED');
  },
);
