import type { Api } from '../process/api.ts';
import type { HostedServer } from './hosted-server.ts';

const PLATFORM = 'crn:v1:bluemix:public:iam::::role:';
const SERVICE = 'crn:v1:bluemix:public:iam::::serviceRole:';

/** The CRNs of roles that tests give. */
export const ROLE = {
  viewer: `${PLATFORM}Viewer`,
  editor: `${PLATFORM}Editor`,
  operator: `${PLATFORM}Operator`,
  administrator: `${PLATFORM}Administrator`,
  reader: `${SERVICE}Reader`,
  writer: `${SERVICE}Writer`,
  manager: `${SERVICE}Manager`,
} as const;

export interface Attribute {
  readonly name: string;
  readonly value: string;
}

/** A service authorization from the Kubernetes Service to Key Protect, or what a test changes of it; the policy's id. */
export async function authorize(
  server: HostedServer,
  change: {
    readonly roles?: readonly string[];
    readonly source?: string;
    readonly target?: string;
    readonly on?: readonly Attribute[];
  } = {},
): Promise<string> {
  const account = { name: 'accountId', value: server.accountId };
  return await createPolicy(server.owner, {
    type: 'authorization',
    subjects: [{ attributes: [{ name: 'serviceName', value: change.source ?? 'containers-kubernetes' }, account] }],
    roles: (change.roles ?? [ROLE.reader]).map((role_id) => ({ role_id })),
    resources: [{ attributes: [{ name: 'serviceName', value: change.target ?? 'kms' }, account, ...(change.on ?? [])] }],
  });
}

/** Gives a person roles on a service; the policy's id. */
export async function grant(
  server: HostedServer,
  iamId: string,
  roles: readonly string[],
  service: string,
  on: readonly Attribute[] = [],
): Promise<string> {
  return await createPolicy(server.owner, {
    type: 'access',
    subjects: [{ attributes: [{ name: 'iam_id', value: iamId }] }],
    roles: roles.map((role_id) => ({ role_id })),
    resources: [{ attributes: [{ name: 'serviceName', value: service }, { name: 'accountId', value: server.accountId }, ...on] }],
  });
}

/** Deletes a policy, also if clusters live on it. */
export async function deletePolicy(server: HostedServer, id: string): Promise<void> {
  const gone = await server.owner.send('DELETE', `/v1/policies/${id}?force=true`);
  if (gone.status !== 204) throw new Error(`policy ${id} was not deleted: ${gone.status}`);
}

async function createPolicy(api: Api, body: object): Promise<string> {
  const made = await api.send('POST', '/v1/policies', body);
  if (made.status !== 201) throw new Error(`no policy: ${made.status} ${JSON.stringify(made.body)}`);
  return made.body.id;
}
