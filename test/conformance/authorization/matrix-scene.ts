import { createInstance } from '../../../src/contract/instances/create.ts';
import { createKeyRing } from '../../../src/contract/key-rings/create.ts';
import { createKey } from '../../../src/contract/keys/creation/create.ts';
import { deleteKey } from '../../../src/contract/keys/delete.ts';
import { KEY_TYPE } from '../../../src/contract/keys/key.ts';
import type { Operation } from '../../../src/contract/operation.ts';
import type { PersonPrincipal, Principal } from '../../../src/server/principal.ts';
import { addCluster, type TestCluster } from '../../../src/server/testkit/clusters.ts';
import { authorize, SERVICE } from '../../../src/server/testkit/people.ts';
import { startTestServer, type TestServer } from '../../../src/server/testkit/test-server.ts';
import { conditionsOf, PLACES, type Place } from './key-places.ts';
import { addPersonas, somebody } from './personas.ts';

export type KmsService = 'kms' | 'hs-crypto';

const PLAN = 'eedd3585-90c6-4c8f-be3d-062069e99fc3';
const RING = 'the-ring';
const OTHER_RING = 'other-ring';
const LIFETIME_MS = 60_000;
const CRN = 'crn:v1:bluemix:public:databases:us-south:a/0123:5678::';

export interface MatrixScene extends AsyncDisposable {
  readonly server: TestServer;
  readonly instance: string;
  readonly key: string;
  readonly owner: Principal;
  readonly ownerElsewhere: Principal;
  readonly stranger: PersonPrincipal;
  readonly authorized: TestCluster;
  readonly unauthorized: TestCluster;
  as(role: string, place: Place): PersonPrincipal;
}

/** One instance with two rings, a key in one of them, and somebody for each role and each place that it can be given at. */
export async function openMatrixScene(service: KmsService, roles: readonly string[]): Promise<MatrixScene> {
  const server = await startTestServer();
  const { accountId, resourceGroupId } = server.account;
  let owner = server.ownerToken;
  const addInstance = async (name: string, token = owner, group = resourceGroupId): Promise<string> => {
    const body = { name, target: 'us-south', resource_group: group, resource_plan_id: PLAN };
    return (await server.call(createInstance, token, { body })).output.guid;
  };
  const [instance, otherInstance] = [await addInstance('keys'), await addInstance('other keys')];
  for (const id of [RING, OTHER_RING]) {
    await server.call(createKeyRing, owner, { params: { id }, headers: { 'bluemix-instance': instance } });
  }
  const addKey = async (): Promise<string> => {
    const expirationDate = new Date(server.clock.now() + LIFETIME_MS).toISOString();
    const resources = [{ type: KEY_TYPE, name: 'a key', extractable: false, expirationDate }];
    const { output } = await server.call(createKey, owner, {
      headers: { 'bluemix-instance': instance, 'x-kms-key-ring': RING },
      body: { metadata: { collectionType: KEY_TYPE, collectionTotal: 1 }, resources },
    });
    const id = output.resources[0]?.id ?? '';
    await server.call(deleteKey, owner, { params: { id }, query: {}, headers: { 'bluemix-instance': instance } });
    return id;
  };
  const [key, otherKey] = [await addKey(), await addKey()];
  // Both keys are expired by now, so that none can be restored.
  server.clock.advance(LIFETIME_MS + 1000);
  owner = await server.logIn(server.ownerApiKey);
  // The keys of the other provider are made elsewhere; who may use them is decided here, in the same way.
  await server.store.change(['keys', 'iam'], (tx) => tx.updateTable('instances').set({ service }).execute());

  const at = {
    service,
    instance,
    otherInstance,
    resourceGroup: resourceGroupId,
    ring: RING,
    otherRing: OTHER_RING,
    key,
    otherKey,
  };
  const conditions = conditionsOf(at);
  const personas = await addPersonas(
    server,
    roles.flatMap((role) => PLACES.map((place) => ({ role, service, place, resource: conditions[place] }))),
  );
  const authorized = await addCluster(server, 'authorized');
  const unauthorized = await addCluster(server, 'unauthorized');
  const source = [{ name: 'serviceInstance', value: authorized.id }];
  const attributes = [{ name: 'serviceInstance', value: instance }];
  await authorize(server, { roles: [`${SERVICE}Reader`], service, source, attributes });
  // Elsewhere somebody owns a whole account, and an instance in it.
  const elsewhere = await server.addAccount();
  await addInstance('elsewhere', elsewhere.token, elsewhere.resourceGroupId);
  if (accountId === elsewhere.accountId) throw new Error('two accounts are one');

  return {
    server,
    instance,
    key,
    owner: await server.authenticate(owner),
    ownerElsewhere: await server.authenticate(elsewhere.token),
    stranger: somebody(accountId, 'stranger'),
    authorized,
    unauthorized,
    as: (role, place) => personas.of(role, place),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** The right call of an operation on the key in question, as whoever asks. */
export function callsOf(scene: MatrixScene, operation: Operation) {
  const input = inputOf(scene, operation);
  return {
    as: (principal: Principal): Promise<unknown> => scene.server.pipeline.invoke(operation, principal, input as never),
    byNobody: (): Promise<unknown> => scene.server.call(operation, undefined, input as never),
  };
}

const envelopeOf = (...resources: readonly object[]) => ({
  metadata: { collectionType: 'application/vnd.ibm.kms.any+json', collectionTotal: resources.length },
  resources,
});
const newKey = envelopeOf({ type: KEY_TYPE, name: 'made in the matrix', extractable: false });

/** Bodies of operations that need one, by their address. */
const BODIES: Readonly<Record<string, unknown>> = {
  'POST /api/v2/keys': newKey,
  'POST /api/v2/keys_with_policy_overrides': newKey,
  'PATCH /api/v2/keys/:id': { keyRingID: RING },
  'POST /api/v2/keys/:id/actions/unwrap': { ciphertext: 'AAAA' },
  'POST /api/v2/keys/:id/actions/rewrap': { ciphertext: 'AAAA' },
  'PUT /api/v2/keys/:id/policies': envelopeOf({ dualAuthDelete: { enabled: false } }),
  'PUT /api/v2/instance/policies': envelopeOf({ policy_type: 'metrics', policy_data: { enabled: false } }),
  'POST /api/v2/import_token': {},
  'POST /api/v2/keys/:id/registrations/:crn': envelopeOf({ preventKeyDeletion: false }),
  'PUT /api/v2/keys/:id/registrations/:crn': envelopeOf({ preventKeyDeletion: false }),
  'PATCH /api/v2/keys/:id/registrations/:crn': envelopeOf({ preventKeyDeletion: false }),
  'POST /api/v2/event_ack': envelopeOf({
    eventId: '00000000-0000-4000-8000-000000000000',
    adopterKeyState: 'DEK_ENABLED',
    timestamp: '2026-01-01T00:00:00Z',
  }),
};

/** What the right call of an operation on a key says. */
export function inputOf(
  { instance, key }: { readonly instance: string; readonly key: string },
  { http }: Operation,
): Readonly<Record<string, unknown>> {
  const address = `${http.method} ${http.path}`;
  const isRing = http.path.startsWith('/api/v2/key_rings');
  const isKeyless = /^\/api\/v2\/(keys|keys_with_policy_overrides|keys\/registrations)$/.test(http.path);
  return {
    params: { id: isRing ? RING : key, crn: CRN, alias: 'an-alias', adapter: key },
    query: {},
    headers: { 'bluemix-instance': instance, ...(isKeyless && { 'x-kms-key-ring': RING }) },
    ...(BODIES[address] !== undefined && { body: BODIES[address] }),
  };
}
