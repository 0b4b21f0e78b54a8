import { randomUUID } from 'node:crypto';
import type { Client } from '../../client/client.ts';
import { SERVICE_ROLE } from '../../contract/actions.ts';
import { enableKms } from '../../contract/enabling/enable.ts';
import { RootwardError } from '../../contract/errors.ts';
import { createInstance } from '../../contract/instances/create.ts';
import { OFFERINGS } from '../../contract/instances/offerings.ts';
import { createKey } from '../../contract/keys/creation/create.ts';
import { KEY_TYPE } from '../../contract/keys/key.ts';
import { createPolicy } from '../../contract/policies/create.ts';
import { listPolicies } from '../../contract/policies/list.ts';
import type { Policy } from '../../contract/policies/policy.ts';
import { readAccount } from '../session/session.ts';
import { type DemoStep, refusal } from './demo-state.ts';

const PLAN = OFFERINGS.find(({ service }) => service === 'kms')?.plans[0]?.id ?? '';

/** Makes a root key and returns its id. */
export async function newRootKey(client: Client, instanceId: string, name: string): Promise<string> {
  const metadata = { collectionType: KEY_TYPE, collectionTotal: 1 };
  const body = { metadata, resources: [{ type: KEY_TYPE, name, extractable: false }] };
  const { resources } = await client.call(createKey, { headers: { 'bluemix-instance': instanceId }, body });
  const key = resources[0];
  if (!key) throw new RootwardError('INTERNAL', { message: 'The new key was not returned.' });
  return key.id;
}

/** Asks for a cluster to be sealed by a root key. */
export function enableWith(client: Client, clusterId: string, instanceId: string, rootKeyId: string): Promise<unknown> {
  return client.call(enableKms, {
    body: { cluster: clusterId, instance_id: instanceId, crk_id: rootKeyId, private_endpoint: true },
  });
}

export const KEY_STEPS: readonly DemoStep[] = [
  {
    name: 'kms-instance',
    heading: 'An instance of a KMS provider',
    about: 'Keys live in instances. Each instance has a key of its own, which seals everything in it.',
    async run(state) {
      const { resourceGroupId } = await readAccount(state.client);
      const body = {
        name: `demo-kms-${state.suffix}`,
        target: state.region,
        resource_group: resourceGroupId,
        resource_plan_id: PLAN,
      };
      const instance = await state.client.call(createInstance, { body });
      state.instanceId = instance.guid;
      return `Instance ${instance.name} is ${instance.state}: ${instance.guid}`;
    },
  },
  {
    name: 'root-key',
    heading: 'A root key',
    about: 'Its material is made in the key service and never leaves it; a cluster only ever holds what the key has wrapped.',
    async run(state) {
      state.rootKeyId = await newRootKey(state.client, state.instanceId, `demo-root-${state.suffix}`);
      return `Root key ${state.rootKeyId}`;
    },
  },
];

export const AUTHORIZATION_STEPS: readonly DemoStep[] = [
  {
    name: 'refused-without-authorization',
    heading: 'Nothing may use a key without being authorized',
    about: 'The Kubernetes service asks for the root key before anybody has allowed it to.',
    async run(state) {
      const wide = await accountWideAuthorization(state.client);
      if (wide !== undefined) return `Cannot be shown here: authorization ${wide} already covers every KMS instance.`;
      const attempt = enableWith(state.client, state.clusterId, state.instanceId, state.rootKeyId);
      const { code, message, hint } = await refusal('SERVICE_AUTHORIZATION_MISSING', attempt);
      return `Refused: [${code}] ${message}${hint === undefined ? '' : ` ${hint}`}`;
    },
  },
  {
    name: 'authorization',
    heading: 'A service authorization',
    about: 'containers-kubernetes may read keys of this one KMS instance, in the role Reader.',
    async run(state) {
      const { id: accountId } = await readAccount(state.client);
      const attributes = (values: Record<string, string>) => [
        { attributes: Object.entries(values).map(([name, value]) => ({ name, value })) },
      ];
      const policy = await state.client.call(createPolicy, {
        body: {
          type: 'authorization',
          subjects: attributes({ accountId, serviceName: 'containers-kubernetes' }),
          roles: [{ role_id: `${SERVICE_ROLE}Reader` }],
          resources: attributes({ accountId, serviceName: 'kms', serviceInstance: state.instanceId }),
        },
      });
      return `Authorization ${policy.id}`;
    },
  },
];

/** The id of an authorization that is not limited to one instance, as somebody else may have made it. */
async function accountWideAuthorization(client: Client): Promise<string | undefined> {
  const { policies } = await client.call(listPolicies, { query: { type: 'authorization' } });
  const covers = ({ subjects, resources }: Policy) =>
    attributeOf(subjects, 'serviceName') === 'containers-kubernetes' &&
    attributeOf(resources, 'serviceName') === 'kms' &&
    attributeOf(resources, 'serviceInstance') === undefined;
  return policies.find(covers)?.id;
}

function attributeOf(side: Policy['subjects'], name: string): string | undefined {
  return side[0]?.attributes.find((attribute) => attribute.name === name)?.value;
}

/** A random sentence of 32 bytes in hex, which no compressor and no coincidence can hide. */
export function randomPassword(): string {
  return `visible-${randomUUID().replaceAll('-', '')}${randomUUID().replaceAll('-', '')}`;
}
