import { getInstancePolicies } from '../../../contract/instance-policies/get.ts';
import { POLICY_TYPE } from '../../../contract/instance-policies/instance-policy.ts';
import { putInstancePolicies } from '../../../contract/instance-policies/put.ts';
import { getKeyPolicies } from '../../../contract/key-policies/get.ts';
import type { KeyPolicy } from '../../../contract/key-policies/key-policy.ts';
import { putKeyPolicies } from '../../../contract/key-policies/put.ts';
import type { KeyScene } from './key-scene.ts';

export const policyBody = (...resources: readonly object[]) => ({
  metadata: { collectionType: POLICY_TYPE, collectionTotal: resources.length },
  resources,
});

/** Sets policies of a key as the owner; what was answered. */
export async function setKeyPolicies(scene: KeyScene, id: string, ...resources: readonly object[]): Promise<KeyPolicy[]> {
  return (await scene.call(putKeyPolicies, id, { body: policyBody(...resources) })).output.resources;
}

export async function keyPolicies(scene: KeyScene, id: string, query: object = {}): Promise<KeyPolicy[]> {
  return (await scene.call(getKeyPolicies, id, { query })).output.resources;
}

/** Sets one policy of the scene's instance as the owner. */
export function setInstancePolicy(scene: KeyScene, policy_type: string, enabled: boolean, attributes?: object) {
  const policy_data = { enabled, ...(attributes && { attributes }) };
  return scene.call(putInstancePolicies, '', { body: policyBody({ policy_type, policy_data }) });
}

export async function instancePolicies(scene: KeyScene, query: object = {}) {
  return (await scene.call(getInstancePolicies, '', { query })).output.resources;
}
