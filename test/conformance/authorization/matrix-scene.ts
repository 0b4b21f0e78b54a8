import { createInstance } from '../../../src/contract/instances/create.ts';
import { createKeyRing } from '../../../src/contract/key-rings/create.ts';
import { createKey } from '../../../src/contract/keys/create.ts';
import { deleteKey } from '../../../src/contract/keys/delete.ts';
import { KEY_TYPE } from '../../../src/contract/keys/key.ts';
import type { Operation } from '../../../src/contract/operation.ts';
import type { PolicyAttribute } from '../../../src/contract/policies/policy.ts';
import { createServiceId } from '../../../src/contract/service-ids/create.ts';
import type { ClusterPrincipal } from '../../../src/server/principal.ts';
import { addCluster, type TestCluster } from '../../../src/server/testkit/clusters.ts';
import { authorize, grant, PLATFORM, SERVICE } from '../../../src/server/testkit/people.ts';
import { startTestServer, type TestServer } from '../../../src/server/testkit/test-server.ts';

/** Where a role is given, seen from the key in question. */
export const PLACEMENTS = ['service', 'instance', 'other instance', 'ring', 'other ring', 'key', 'other key'] as const;
export type Placement = (typeof PLACEMENTS)[number];

const PLAN = 'eedd3585-90c6-4c8f-be3d-062069e99fc3';
const RING = 'the-ring';
const OTHER_RING = 'other-ring';
const LIFETIME_MS = 60_000;
const CRN = 'crn:v1:bluemix:public:databases:us-south:a/0123:5678::';
const OWN_ROLES: ReadonlySet<string> = new Set(['ReaderPlus', 'KeyPurge', 'KmipAdapterManager']);
const PLATFORM_ROLES: ReadonlySet<string> = new Set(['Viewer', 'Operator', 'Editor', 'Administrator']);

export interface MatrixScene extends AsyncDisposable {
  readonly server: TestServer;
  readonly instance: string;
  readonly key: string;
  readonly owner: string;
  readonly ownerElsewhere: string;
  readonly stranger: string;
  readonly authorized: TestCluster;
  readonly unauthorized: TestCluster;
  tokenOf(role: string, placement: Placement): string;
}

/** One instance with two rings, a key in one of them, and somebody for each role and each place that it can be given at. */
export async function openMatrixScene(roles: readonly string[]): Promise<MatrixScene> {
  const server = await startTestServer();
  const account = server.account.accountId;
  let owner = server.ownerToken;
  const addInstance = async (name: string, token = owner, group = server.account.resourceGroupId): Promise<string> => {
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

  const places: Readonly<Record<Placement, readonly PolicyAttribute[]>> = {
    service: [],
    instance: [{ name: 'serviceInstance', value: instance }],
    'other instance': [{ name: 'serviceInstance', value: otherInstance }],
    ring: [
      { name: 'serviceInstance', value: instance },
      { name: 'keyRing', value: RING },
    ],
    'other ring': [
      { name: 'serviceInstance', value: instance },
      { name: 'keyRing', value: OTHER_RING },
    ],
    key: [
      { name: 'serviceInstance', value: instance },
      { name: 'resourceType', value: 'key' },
      { name: 'resource', value: key },
    ],
    'other key': [
      { name: 'serviceInstance', value: instance },
      { name: 'resourceType', value: 'key' },
      { name: 'resource', value: otherKey },
    ],
  };
  const tokens = new Map<string, string>();
  const addPerson = async (name: string): Promise<{ iamId: string; token: string }> => {
    const { output } = await server.call(createServiceId, owner, { body: { name, apikey: { name } } });
    return { iamId: output.iam_id, token: await server.logIn(output.apikey?.apikey ?? '') };
  };
  for (const role of roles) {
    for (const placement of PLATFORM_ROLES.has(role) ? (['service'] as const) : PLACEMENTS) {
      const { iamId, token } = await addPerson(`${role} on ${placement}`);
      await grant(server, { iamId, roles: [roleCrn(role)], service: 'kms', attributes: places[placement] });
      tokens.set(`${role} on ${placement}`, token);
    }
  }
  const authorized = await addCluster(server, 'authorized');
  const unauthorized = await addCluster(server, 'unauthorized');
  const source = [{ name: 'serviceInstance', value: authorized.id }];
  await authorize(server, { roles: [`${SERVICE}Reader`], service: 'kms', source, attributes: places.instance });
  // Elsewhere somebody owns a whole account, and an instance in it.
  const elsewhere = await server.addAccount();
  await addInstance('elsewhere', elsewhere.token, elsewhere.resourceGroupId);
  if (account === elsewhere.accountId) throw new Error('two accounts are one');

  return {
    server,
    instance,
    key,
    owner,
    ownerElsewhere: elsewhere.token,
    stranger: (await addPerson('stranger')).token,
    authorized,
    unauthorized,
    tokenOf(role, placement) {
      const token = tokens.get(`${role} on ${placement}`);
      if (token === undefined) throw new Error(`nobody is ${role} on ${placement}`);
      return token;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function roleCrn(role: string): string {
  if (PLATFORM_ROLES.has(role)) return PLATFORM + role;
  return OWN_ROLES.has(role) ? `crn:v1:bluemix:public:kms::::serviceRole:${role}` : SERVICE + role;
}

/** The right call of an operation on the key in question, as whoever asks. */
export function callsOf(scene: MatrixScene, operation: Operation) {
  const input = inputOf(scene, operation);
  return {
    as: (token: string | undefined): Promise<unknown> => scene.server.call(operation, token, input as never),
    asCluster: (principal: ClusterPrincipal): Promise<unknown> =>
      scene.server.pipeline.invoke(operation, principal, input as never),
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

function inputOf({ instance, key }: MatrixScene, { http }: Operation): Readonly<Record<string, unknown>> {
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
