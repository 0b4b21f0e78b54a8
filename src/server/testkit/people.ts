import { createPolicy } from '../../contract/policies/create.ts';
import type { PolicyAttribute } from '../../contract/policies/policy.ts';
import { createServiceId } from '../../contract/service-ids/create.ts';
import type { TestServer } from './test-server.ts';

/** A service ID with its own API key, logged in. */
export interface TestPerson {
  readonly id: string;
  readonly iamId: string;
  readonly apiKey: string;
  readonly token: string;
}

export const PLATFORM = 'crn:v1:bluemix:public:iam::::role:';
export const SERVICE = 'crn:v1:bluemix:public:iam::::serviceRole:';

/** Makes a service ID that may do nothing yet. */
export async function addPerson(server: TestServer, name: string, owner = server.ownerToken): Promise<TestPerson> {
  const { output } = await server.call(createServiceId, owner, { body: { name, apikey: { name: `key of ${name}` } } });
  const apiKey = output.apikey?.apikey ?? '';
  return { id: output.id, iamId: output.iam_id, apiKey, token: await server.logIn(apiKey) };
}

export interface Grant {
  readonly iamId: string;
  readonly roles: readonly string[];
  readonly service: string;
  readonly attributes?: readonly PolicyAttribute[];
}

/** Gives roles on a service of the server's first account, or on a part of it; the policy's id. */
export async function grant(server: TestServer, { iamId, roles, service, attributes = [] }: Grant): Promise<string> {
  const { output } = await server.call(createPolicy, server.ownerToken, {
    body: {
      type: 'access',
      subjects: [{ attributes: [{ name: 'iam_id', value: iamId }] }],
      roles: roles.map((role_id) => ({ role_id })),
      resources: [
        {
          attributes: [
            { name: 'serviceName', value: service },
            { name: 'accountId', value: server.account.accountId },
            ...attributes,
          ],
        },
      ],
    },
  });
  return output.id;
}

export interface Authorization {
  readonly sourceService?: string;
  readonly sourceAccount?: string;
  readonly source?: readonly PolicyAttribute[];
  readonly roles: readonly string[];
  readonly service: string;
  readonly attributes?: readonly PolicyAttribute[];
}

/** Creates a service authorization in the server's first account; the policy's id. */
export async function authorize(server: TestServer, wanted: Authorization): Promise<string> {
  const { accountId } = server.account;
  const { output } = await server.call(createPolicy, server.ownerToken, {
    body: {
      type: 'authorization',
      subjects: [
        {
          attributes: [
            { name: 'serviceName', value: wanted.sourceService ?? 'containers-kubernetes' },
            { name: 'accountId', value: wanted.sourceAccount ?? accountId },
            ...(wanted.source ?? []),
          ],
        },
      ],
      roles: wanted.roles.map((role_id) => ({ role_id })),
      resources: [
        {
          attributes: [
            { name: 'serviceName', value: wanted.service },
            { name: 'accountId', value: accountId },
            ...(wanted.attributes ?? []),
          ],
        },
      ],
    },
  });
  return output.id;
}
