import { createPolicy } from '../../../../contract/policies/create.ts';
import type { TestServer } from '../../../testkit/test-server.ts';

/** Gives roles on a service of the server's first account to an access group; the policy's id. */
export async function grantToGroup(
  server: TestServer,
  groupId: string,
  roles: readonly string[],
  service: string,
): Promise<string> {
  const { output } = await server.call(createPolicy, server.ownerToken, {
    body: {
      type: 'access',
      subjects: [{ attributes: [{ name: 'access_group_id', value: groupId }] }],
      roles: roles.map((role_id) => ({ role_id })),
      resources: [
        {
          attributes: [
            { name: 'serviceName', value: service },
            { name: 'accountId', value: server.account.accountId },
          ],
        },
      ],
    },
  });
  return output.id;
}
