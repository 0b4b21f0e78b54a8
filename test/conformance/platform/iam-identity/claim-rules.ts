import type { MethodCase } from '../method-case.ts';
import type { Scene } from '../scene.ts';
import { someProfile } from './profiles.ts';
import * as shapes from './shapes.ts';
import * as wrong from './wrong-calls.ts';

const conditions = [{ claim: 'groups', operator: 'CONTAINS', value: '"admins"' }];
const FIELDS = { type: 'Profile-SAML', realm_name: 'https://idp.example.com', expiration: 3600, conditions };
const wanted = { type: FIELDS.type, realmName: FIELDS.realm_name, expiration: FIELDS.expiration, conditions };

async function newRule(scene: Scene): Promise<{ profileId: string; ruleId: string; ifMatch: string }> {
  const { profileId } = await someProfile(scene);
  const rule = await scene.prepare('POST', `/v1/profiles/${profileId}/rules`, FIELDS);
  return { profileId, ruleId: rule.id, ifMatch: rule.entity_tag };
}
const some = async (scene: Scene) => {
  const { profileId, ruleId } = await newRule(scene);
  return { profileId, ruleId };
};
const ofNoRule = async (scene: Scene) => ({ ...(await some(scene)), ruleId: 'ClaimRule-none' });

export const CLAIM_RULES: Readonly<Record<string, MethodCase>> = {
  createClaimRule: {
    right: {
      arguments: async (scene) => ({ ...(await someProfile(scene)), ...wanted, name: 'admins' }),
      status: 201,
      shape: shapes.claimRule,
    },
    wrong: wrong.invalid(async (scene) => ({
      ...(await someProfile(scene)),
      ...wanted,
      conditions: [{ claim: 'groups', operator: 'CONTAINS', value: 'no JSON' }],
    })),
  },
  listClaimRules: {
    right: { arguments: async (scene) => ({ profileId: (await some(scene)).profileId }), status: 200, shape: shapes.ruleList },
    wrong: wrong.foreign(someProfile),
  },
  getClaimRule: {
    right: { arguments: some, status: 200, shape: shapes.claimRule },
    wrong: wrong.notFound(ofNoRule),
  },
  updateClaimRule: {
    right: {
      arguments: async (scene) => ({ ...(await newRule(scene)), ...wanted, expiration: 7200, name: 'renamed' }),
      status: 200,
      shape: shapes.claimRule,
    },
    wrong: wrong.changed(async (scene) => ({ ...(await some(scene)), ...wanted, ifMatch: 'of-another-time' })),
  },
  deleteClaimRule: {
    right: { arguments: some, status: 204, shape: 'none' },
    wrong: wrong.notFound(ofNoRule),
  },
};
