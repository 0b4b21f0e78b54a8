import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClaimRuleRequest } from '../../../contract/trusted-profiles/claim-rule.ts';
import { createProfile } from '../../../contract/trusted-profiles/create.ts';
import { createClaimRule } from '../../../contract/trusted-profiles/create-rule.ts';
import { deleteProfile } from '../../../contract/trusted-profiles/delete.ts';
import { deleteClaimRule } from '../../../contract/trusted-profiles/delete-rule.ts';
import { getClaimRule } from '../../../contract/trusted-profiles/get-rule.ts';
import { listClaimRules } from '../../../contract/trusted-profiles/list-rules.ts';
import { updateClaimRule } from '../../../contract/trusted-profiles/update-rule.ts';
import { addPerson, grant, PLATFORM, SERVICE } from '../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';

let server: TestServer;
let id: string;
let iamId: string;
beforeAll(async () => {
  server = await startTestServer();
  ({ id, iam_id: iamId } = (await server.call(createProfile, server.ownerToken, { body: { name: 'ruled' } })).output);
});
afterAll(() => server[Symbol.asyncDispose]());

const RULE: ClaimRuleRequest = {
  name: 'admins',
  type: 'Profile-SAML',
  realm_name: 'https://idp.example.com',
  expiration: 3600,
  conditions: [
    { claim: 'groups', operator: 'CONTAINS', value: '"admins"' },
    { claim: 'country', operator: 'IN', value: '["de","ch"]' },
  ],
};
const create = async (rule: ClaimRuleRequest, token = server.ownerToken) =>
  (await server.call(createClaimRule, token, { params: { id }, body: rule })).output;

test('a claim rule is kept as it was written, replaced under its entity tag, and deleted', async () => {
  const made = await create(RULE);
  expect(made).toMatchObject(RULE);
  const params = { id, rule_id: made.id };
  expect((await server.call(getClaimRule, server.ownerToken, { params })).output).toEqual(made);
  expect((await server.call(listClaimRules, server.ownerToken, { params: { id } })).output.rules).toEqual([made]);
  const replace = (tag: string, expiration: number) =>
    server.call(updateClaimRule, server.ownerToken, { params, headers: { 'if-match': tag }, body: { ...RULE, expiration } });
  const both = await Promise.allSettled([replace(made.entity_tag, 900), replace(made.entity_tag, 901)]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'ENTITY_TAG' } });
  const { token } = await server.addAccount();
  await expect(server.call(getClaimRule, token, { params })).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
  await server.call(deleteClaimRule, server.ownerToken, { params });
  await expect(server.call(getClaimRule, server.ownerToken, { params })).rejects.toMatchObject({ code: 'IAM_NOT_FOUND' });
});

test.each<[string, string, object]>([
  ['realm_name', 'INVALID_FIELD', { realm_name: undefined }],
  ['type', 'NOT_SUPPORTED', { type: 'Profile-CR' }],
  ['cr_type', 'NOT_SUPPORTED', { cr_type: 'VSI' }],
  ['expiration', 'INVALID_FIELD', { expiration: 1 }],
  ['conditions', 'INVALID_FIELD', { conditions: [] }],
  ['conditions.0.operator', 'INVALID_FIELD', { conditions: [{ claim: 'c', operator: 'LIKE', value: '"a"' }] }],
  ['conditions.0.value', 'INVALID_FIELD', { conditions: [{ claim: 'c', operator: 'EQUALS', value: 'a' }] }],
  ['conditions.0.value', 'INVALID_FIELD', { conditions: [{ claim: 'c', operator: 'EQUALS', value: '["a"]' }] }],
  ['conditions.0.value', 'INVALID_FIELD', { conditions: [{ claim: 'c', operator: 'IN', value: '"a"' }] }],
  ['conditions.0.value', 'INVALID_FIELD', { conditions: [{ claim: 'c', operator: 'IN', value: '[1]' }] }],
])('a rule with a wrong %s is refused with %s', async (name, code, wrong) => {
  await expect(create({ ...RULE, ...wrong } as ClaimRuleRequest)).rejects.toMatchObject({ code, target: { name } });
});

test('whoever lets claims act as a profile needs all that it may do', async () => {
  await grant(server, { iamId, roles: [`${SERVICE}Manager`], service: 'kms' });
  const editor = await addPerson(server, 'rule editor');
  await grant(server, { iamId: editor.iamId, roles: [`${PLATFORM}Editor`], service: 'iam-identity' });
  await expect(create(RULE, editor.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
  const { id: rule_id } = await create(RULE);
  const replace = server.call(updateClaimRule, editor.token, {
    params: { id, rule_id },
    headers: { 'if-match': '*' },
    body: RULE,
  });
  await expect(replace).rejects.toMatchObject({ code: 'ACTION_DENIED' });
});

test('a profile has a bounded number of rules, and takes them along', async () => {
  const refused = async () => {
    for (let n = 0; n < 30; n += 1) await create(RULE);
  };
  await expect(refused()).rejects.toMatchObject({ code: 'INVALID_FIELD', message: expect.stringContaining('20') });
  await server.call(deleteProfile, server.ownerToken, { params: { id } });
  expect(await server.store.db.selectFrom('profile_claim_rules').select('id').execute()).toEqual([]);
});
