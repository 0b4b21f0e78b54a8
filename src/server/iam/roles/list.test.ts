import { afterAll, beforeAll, expect, test } from 'vitest';
import { listRoles } from '../../../contract/roles/list.ts';
import { addPerson } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

type Query = NonNullable<Parameters<typeof roles>[0]>;
async function roles(query: { service_name?: string; source_service_name?: string; policy_type?: 'access' | 'authorization' }) {
  return (await server.call(listRoles, server.ownerToken, { query })).output;
}
const names = (list: readonly { readonly display_name: string }[]) => list.map(({ display_name }) => display_name);

test('an authorization from clusters to Key Protect may give its service roles and the right to delegate', async () => {
  const query: Query = { service_name: 'kms', source_service_name: 'containers-kubernetes', policy_type: 'authorization' };
  const { custom_roles, service_roles, system_roles } = await roles(query);
  expect(custom_roles).toEqual([]);
  expect(names(service_roles)).toEqual(expect.arrayContaining(['Reader', 'ReaderPlus', 'Writer', 'Manager', 'KeyPurge']));
  const delegator = system_roles.find(({ display_name }) => display_name === 'Authorization Delegator');
  expect(delegator).toEqual({
    display_name: 'Authorization Delegator',
    description: expect.any(String),
    actions: ['iam.delegationPolicy.create'],
    crn: 'crn:v1:bluemix:public:iam::::role:AuthorizationDelegator',
  });
});

test('every role has a sentence, its actions and its CRN; access roles have no delegator', async () => {
  for (const service of ['kms', 'containers-kubernetes', 'iam-identity']) {
    const { service_roles, system_roles } = await roles({ service_name: service });
    expect(names(system_roles)).toEqual(expect.arrayContaining(['Viewer', 'Administrator']));
    expect(names(system_roles)).not.toContain('Authorization Delegator');
    for (const role of [...service_roles, ...system_roles]) {
      expect(role.description.length).toBeGreaterThan(20);
      expect(role.actions.length).toBeGreaterThan(0);
      expect(role.crn).toMatch(/^crn:v1:bluemix:public:(iam|kms)::::(role|serviceRole):\w+$/);
    }
  }
});

test('actions on hs-crypto have its own prefix', async () => {
  const { service_roles } = await roles({ service_name: 'hs-crypto' });
  const reader = service_roles.find(({ display_name }) => display_name === 'Reader');
  expect(reader?.actions).toContain('hs-crypto.secrets.wrap');
  expect(reader?.actions).not.toContain('kms.secrets.wrap');
});

test('an unknown service has none, also one named like a property of every object', async () => {
  for (const service_name of ['cos', 'toString', '__proto__']) {
    const none = { custom_roles: [], service_roles: [], system_roles: [] };
    expect(await roles({ service_name, policy_type: 'authorization' })).toEqual(none);
  }
});

test('without a service they are those of all services, each once', async () => {
  const { service_roles, system_roles } = await roles({});
  const crns = [...service_roles, ...system_roles].map(({ crn }) => crn);
  expect(crns).toEqual([...new Set(crns)]);
  const viewer = system_roles.find(({ display_name }) => display_name === 'Viewer');
  expect(viewer?.actions).toEqual(expect.arrayContaining(['containers-kubernetes.cluster.read', 'iam-groups.groups.read']));
  // The server as such belongs to no account.
  expect(viewer?.actions).not.toContain('server.backup.read');
});

test('everybody of the account sees them, nobody those of another account', async () => {
  const { token } = await addPerson(server, 'nobody');
  await expect(server.call(listRoles, token, { query: { service_name: 'kms' } })).resolves.toBeDefined();
  const foreign = { query: { account_id: (await server.addAccount()).accountId } };
  await expect(server.call(listRoles, token, foreign)).rejects.toMatchObject({ code: 'ACCOUNT_MISMATCH' });
  const grouped = { query: { service_group_id: 'IAM' } };
  await expect(server.call(listRoles, token, grouped)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
});
