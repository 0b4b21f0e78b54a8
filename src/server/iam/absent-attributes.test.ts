import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccessGroup } from '../../contract/access-groups/create.ts';
import { joinGroups } from '../../contract/access-groups/join-many.ts';
import { createPolicyV2 } from '../../contract/policies/create-v2.ts';
import { createServiceId } from '../../contract/service-ids/create.ts';
import { addPerson, grant, PLATFORM } from '../testkit/people.ts';
import { startTestServer, type TestServer } from '../testkit/test-server.ts';
import { codeOf } from './tokens/testkit/logins.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** A role on what lacks an attribute, of a service. */
async function grantWhereAbsent(iamId: string, service: string, attribute: string): Promise<void> {
  const equal = (key: string, value: string) => ({ key, operator: 'stringEquals' as const, value });
  await server.call(createPolicyV2, server.ownerToken, {
    body: {
      type: 'access',
      subject: { attributes: [equal('iam_id', iamId)] },
      control: { grant: { roles: [{ role_id: `${PLATFORM}Administrator` }] } },
      resource: {
        attributes: [
          equal('accountId', server.account.accountId),
          equal('serviceName', service),
          { key: attribute, operator: 'stringExists', value: false },
        ],
      },
    },
  });
}

test('who may manage only what is in no key ring lets nobody act as an instance with all its rights', async () => {
  const person = await addPerson(server, 'ringless');
  await grant(server, { iamId: person.iamId, roles: [`${PLATFORM}Administrator`], service: 'iam-identity' });
  await grantWhereAbsent(person.iamId, 'kms', 'keyRing');
  const crn = `crn:v1:bluemix:public:kms:eu-de:a/${server.account.accountId}:an-instance::`;
  const body = { name: 'actor', unique_instance_crns: [crn] };
  expect(await codeOf(server.call(createServiceId, person.token, { body }))).toBe('ACTION_DENIED');
});

test('who may manage only what has no resource puts nobody into a group, which is one', async () => {
  const { accountId: account_id } = server.account;
  const group = await server.call(createAccessGroup, server.ownerToken, { query: { account_id }, body: { name: 'g' } });
  const person = await addPerson(server, 'resourceless');
  await grantWhereAbsent(person.iamId, 'iam-groups', 'resource');
  const input = { params: { iam_id: person.iamId }, query: { account_id }, body: { groups: [group.output.id] } };
  expect(await codeOf(server.call(joinGroups, person.token, input))).toBe('ACTION_DENIED');
});
