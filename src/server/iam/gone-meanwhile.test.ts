import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createAccessGroup } from '../../contract/access-groups/create.ts';
import { joinGroups } from '../../contract/access-groups/join-many.ts';
import { createApiKey } from '../../contract/api-keys/create.ts';
import { getApiKey } from '../../contract/api-keys/get.ts';
import { createPasscode } from '../../contract/passcodes/create.ts';
import { createPolicy } from '../../contract/policies/create.ts';
import { deletePolicy } from '../../contract/policies/delete.ts';
import { deleteServiceId } from '../../contract/service-ids/delete.ts';
import { PASSCODE_GRANT } from '../../contract/tokens/grant.ts';
import { addProfileIdentity } from '../../contract/trusted-profiles/add-identity.ts';
import { removeUser } from '../../contract/users/remove.ts';
import { setOwnPassword } from '../../contract/users/set-password.ts';
import { updateUser } from '../../contract/users/update.ts';
import { addCluster } from '../testkit/clusters.ts';
import { addPerson, authorize, PLATFORM, SERVICE } from '../testkit/people.ts';
import { startTestServer, type TestServer } from '../testkit/test-server.ts';
import { addProfile, addUser, ask, codeOf, PASSWORD } from './tokens/testkit/logins.ts';

let server: TestServer;
let accountId: string;
let people = 0;
beforeAll(async () => {
  server = await startTestServer();
  ({ accountId } = server.account);
});
afterAll(() => server[Symbol.asyncDispose]());

/** The next change waits until `act` is through: it comes between what the caller looked up and what he changes. */
function firstDo(act: () => Promise<unknown>): void {
  const { store } = server;
  const { change } = store;
  store.change = async (topics, work, first) => {
    store.change = change;
    await act();
    return change(topics, work, first);
  };
}

/** Records of what was done before are cleared away by changes of their own. */
const isQuiet = () => vi.waitFor(async () => expect(await count('audit_outbox')).toBe(0), { timeout: 5000 });

async function somebody() {
  people += 1;
  const name = `person${people}`;
  const iamId = await addUser(server, name);
  const params = { account_id: accountId, iam_id: iamId };
  const logIn = () => ask(server, { grant_type: 'password', username: `${name}@example.com`, password: PASSWORD });
  return {
    iamId,
    logIn,
    remove: () => server.call(removeUser, server.ownerToken, { params }),
    disable: () => server.call(updateUser, server.ownerToken, { params, body: { state: 'DISABLED' } }),
  };
}

const count = async (
  table: 'policies' | 'access_group_members' | 'profile_identities' | 'api_keys' | 'sessions' | 'passcodes' | 'audit_outbox',
) => (await server.store.db.selectFrom(table).selectAll().execute()).length;

describe('whoever is removed between the look-up and the change', () => {
  test('gets no policy', async () => {
    const { iamId, remove } = await somebody();
    const policies = await count('policies');
    firstDo(remove);
    const body = {
      type: 'access' as const,
      subjects: [{ attributes: [{ name: 'iam_id', value: iamId }] }],
      roles: [{ role_id: `${SERVICE}Reader` }],
      resources: [
        {
          attributes: [
            { name: 'serviceName', value: 'kms' },
            { name: 'accountId', value: accountId },
          ],
        },
      ],
    };
    expect(await codeOf(server.call(createPolicy, server.ownerToken, { body }))).toBe('INVALID_FIELD');
    expect(await count('policies')).toBe(policies);
  });

  test('joins no access group', async () => {
    const { iamId, remove } = await somebody();
    const { id } = (await server.call(createAccessGroup, server.ownerToken, { query: {}, body: { name: iamId } })).output;
    firstDo(remove);
    const input = { params: { iam_id: iamId }, query: {}, body: { groups: [id] } };
    expect(await codeOf(server.call(joinGroups, server.ownerToken, input))).toBe('IAM_NOT_FOUND');
    expect(await count('access_group_members')).toBe(0);
  });

  test('may act as no trusted profile', async () => {
    const { iamId, remove } = await somebody();
    const id = await addProfile(server, iamId, []);
    firstDo(remove);
    const input = { params: { id, type: 'user' as const }, body: { identifier: iamId } };
    expect(await codeOf(server.call(addProfileIdentity, server.ownerToken, input))).toBe('INVALID_FIELD');
    expect(await count('profile_identities')).toBe(0);
  });

  test('has made no API key, and none is made for a service ID', async () => {
    const { logIn, remove } = await somebody();
    const { access_token } = await logIn();
    const robot = await addPerson(server, 'robot');
    const keys = await count('api_keys');
    firstDo(remove);
    expect(await codeOf(server.call(createApiKey, access_token, { body: { name: 'late' } }))).toBe('UNAUTHENTICATED');
    expect(await count('api_keys')).toBe(keys);
    firstDo(() => server.call(deleteServiceId, server.ownerToken, { params: { id: robot.id } }));
    const body = { name: 'late', iam_id: robot.iamId };
    expect(await codeOf(server.call(createApiKey, server.ownerToken, { body }))).toBe('IAM_NOT_FOUND');
    expect(await count('api_keys')).toBe(keys - 1);
  });

  test('is not logged in, nor is whoever was disabled, by a password or by a passcode', async () => {
    for (const shutOut of ['remove', 'disable'] as const) {
      const person = await somebody();
      const { access_token } = await person.logIn();
      const { passcode } = (await server.call(createPasscode, access_token, {})).output;
      const sessions = await count('sessions');
      await isQuiet();
      firstDo(person[shutOut]);
      expect(await codeOf(ask(server, { grant_type: PASSCODE_GRANT, passcode }))).toBe('UNAUTHENTICATED');
      const another = await somebody();
      await isQuiet();
      firstDo(another[shutOut]);
      expect(await codeOf(another.logIn())).toBe('UNAUTHENTICATED');
      expect(await count('sessions')).toBe(sessions);
    }
  });
});

test('no passcode is made by a login that a new password ends', async () => {
  const { logIn } = await somebody();
  const mine = (await logIn()).access_token;
  const thiefs = (await logIn()).access_token;
  const codes = await count('passcodes');
  firstDo(() => server.call(setOwnPassword, mine, { body: { old_password: PASSWORD, new_password: 'quite another sentence' } }));
  expect(await codeOf(server.call(createPasscode, thiefs, {}))).toBe('UNAUTHENTICATED');
  expect(await count('passcodes')).toBe(codes);
});

test('a service creates nothing by an authorization that is deleted meanwhile', async () => {
  const cluster = await addCluster(server, 'vpc1');
  const parent = await authorize(server, {
    roles: [`${SERVICE}Reader`, `${PLATFORM}AuthorizationDelegator`],
    service: 'kms',
  });
  firstDo(() => server.call(deletePolicy, server.ownerToken, { params: { id: parent }, query: {} }));
  const body = {
    type: 'authorization' as const,
    subjects: [
      {
        attributes: [
          { name: 'serviceName', value: 'server-protect' },
          { name: 'accountId', value: accountId },
        ],
      },
    ],
    roles: [{ role_id: `${SERVICE}Reader` }],
    resources: [
      {
        attributes: [
          { name: 'serviceName', value: 'kms' },
          { name: 'accountId', value: accountId },
        ],
      },
    ],
  };
  expect(await codeOf(server.pipeline.invoke(createPolicy, cluster.service, { body }))).toBe('ACTION_DENIED');
  const left = server.store.db.selectFrom('policies').select('id').where('parent_id', '=', parent);
  expect(await left.where('state', '=', 'active').execute()).toEqual([]);
});

test('disabling a user gives each of his keys another entity tag', async () => {
  const { logIn, disable } = await somebody();
  const { access_token } = await logIn();
  const { id, entity_tag } = (await server.call(createApiKey, access_token, { body: { name: 'mine' } })).output;
  await disable();
  const { output } = await server.call(getApiKey, server.ownerToken, { params: { id }, query: {} });
  expect([output.disabled, output.entity_tag === entity_tag, Number.parseInt(output.entity_tag, 10)]).toEqual([true, false, 2]);
});
