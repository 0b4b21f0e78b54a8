import { expect, it } from 'vitest';
import type { PolicyV2 } from '../policies/policy-v2.ts';
import { AUTHORIZATIONS, POLICIES, roleName } from './iam-policy-columns.ts';

const condition = (key: string, value: string) => ({ key, operator: 'stringEquals', value });
const NARROW = {
  type: 'authorization',
  subject: { attributes: [condition('serviceName', 'containers-kubernetes'), condition('resourceGroupId', 'g1')] },
  resource: { attributes: [condition('serviceName', 'kms'), condition('region', 'us-south'), condition('keyRing', 'payments')] },
  control: { grant: { roles: [{ role_id: 'crn:v1:bluemix:public:iam::::role:AuthorizationDelegator' }] } },
} as unknown as PolicyV2;

const shown = (columns: typeof POLICIES) => Object.fromEntries(columns.map(({ title, value }) => [title, value(NARROW)]));

it('a policy about a key ring of a region does not look like one about everything', () => {
  expect(shown(POLICIES)).toMatchObject({ Instance: 'All instances', Only: 'region=us-south, keyRing=payments' });
  expect(shown(AUTHORIZATIONS)).toMatchObject({
    'Source only': 'resourceGroupId=g1',
    'Target only': 'region=us-south, keyRing=payments',
  });
});

it('a role has the same name whether the answer says it or only its CRN', () => {
  expect(shown(AUTHORIZATIONS).Roles).toBe('Authorization Delegator');
  expect(roleName('crn:v1:bluemix:public:kms::::serviceRole:KeyPurge')).toBe('KeyPurge');
});
