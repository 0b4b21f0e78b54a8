import { publishedClient } from '../clients.ts';
import { type ClientCases, elsewhere } from '../method-case.ts';
import type { Scene } from '../scene.ts';
import * as shapes from './shapes.ts';

const READER = 'crn:v1:bluemix:public:iam::::serviceRole:Reader';
const WRITER = 'crn:v1:bluemix:public:iam::::serviceRole:Writer';
const DELEGATOR = 'crn:v1:bluemix:public:iam::::role:AuthorizationDelegator';
const NOWHERE = '11111111-2222-4333-8444-555555555555';
const etag = { etag: /^[1-9]\d*-[0-9a-f]{32}$/ };

/** An access policy that nobody has yet: it is about an instance of its own. */
const wanted = ({ accountId, iamId, newName }: Scene, role = READER) => ({
  type: 'access',
  description: 'what the client asks for',
  subjects: [{ attributes: [{ name: 'iam_id', value: iamId }] }],
  roles: [{ role_id: role }],
  resources: [
    {
      attributes: [
        { name: 'accountId', value: accountId },
        { name: 'serviceName', value: 'kms' },
        { name: 'serviceInstance', value: newName('instance'), operator: 'stringEquals' },
      ],
    },
  ],
});

/** A service authorization that is not there yet. */
const wantedV2 = ({ accountId, newName }: Scene, role = READER) => ({
  type: 'authorization',
  description: 'what the client asks for',
  subject: {
    attributes: [
      { key: 'accountId', operator: 'stringEquals', value: accountId },
      { key: 'serviceName', operator: 'stringEquals', value: 'containers-kubernetes' },
    ],
  },
  resource: {
    attributes: [
      { key: 'accountId', operator: 'stringEquals', value: accountId },
      { key: 'serviceName', operator: 'stringEquals', value: 'kms' },
      { key: 'serviceInstance', operator: 'stringEqualsAnyOf', value: [newName('one'), newName('other')] },
    ],
  },
  control: { grant: { roles: [{ role_id: role }, { role_id: DELEGATOR }] } },
});

const newPolicy = async (scene: Scene): Promise<string> => (await scene.prepare('POST', '/v1/policies', wanted(scene))).id;
const newPolicyV2 = async (scene: Scene): Promise<string> => (await scene.prepare('POST', '/v2/policies', wantedV2(scene))).id;
/** More policies than there are on a page of two. */
async function severalOfEach(scene: Scene): Promise<void> {
  for (let made = 0; made < 3; made += 1) {
    await newPolicy(scene);
    await newPolicyV2(scene);
  }
}
async function deleted(scene: Scene): Promise<string> {
  const policyId = await newPolicy(scene);
  await scene.prepare('DELETE', `/v1/policies/${policyId}`);
  return policyId;
}
const tagged = async (scene: Scene, policyId: string) => ({ policyId, ifMatch: await scene.tagOf(`/v1/policies/${policyId}`) });
const taggedV2 = async (scene: Scene, id: string) => ({ id, ifMatch: await scene.tagOf(`/v2/policies/${id}`) });

/** What is in a policy of another account is not told from what is not there. */
const foreign = (named: 'policyId' | 'id') =>
  ({
    arguments: async (scene: Scene) => ({ [named]: await newPolicy(scene) }),
    as: 'other',
    status: 404,
    code: 'policy_not_found',
  }) as const;
const otherAccount = { status: 403, code: 'insufficent_permissions' } as const;

export const IAM_POLICY_MANAGEMENT: ClientCases = {
  name: 'IamPolicyManagementV1',
  published: publishedClient('iam-policy-management/v1'),
  refusals: 'iam',
  cases: {
    listPolicies: {
      right: {
        async arguments(scene) {
          await severalOfEach(scene);
          return {
            accountId: scene.accountId,
            iamId: scene.iamId,
            type: 'access',
            serviceType: 'service',
            sort: '-created_at',
            format: 'display',
            state: 'active',
            limit: 2,
            acceptLanguage: 'en',
          };
        },
        status: 200,
        shape: shapes.policyPage,
      },
      wrong: { arguments: async ({ other }) => ({ accountId: other.accountId }), ...otherAccount },
    },
    createPolicy: {
      right: { arguments: async (scene) => wanted(scene), status: 201, shape: shapes.policy, headers: etag },
      wrong: {
        async arguments(scene) {
          const body = wanted(scene);
          await scene.prepare('POST', '/v1/policies', body);
          return body;
        },
        status: 409,
        code: 'policy_conflict_error',
      },
    },
    replacePolicy: {
      right: {
        arguments: async (scene) => ({ ...(await tagged(scene, await newPolicy(scene))), ...wanted(scene, WRITER) }),
        status: 200,
        shape: shapes.policy,
        headers: etag,
      },
      wrong: {
        async arguments(scene) {
          const before = await tagged(scene, await newPolicy(scene));
          const { policyId, ifMatch } = before;
          await scene.prepare('PUT', `/v1/policies/${policyId}`, wanted(scene, WRITER), { 'if-match': ifMatch });
          return { ...before, ...wanted(scene) };
        },
        status: 409,
        code: 'policy_conflict_error',
      },
    },
    getPolicy: {
      right: {
        arguments: async (scene) => ({ policyId: await newPolicy(scene) }),
        status: 200,
        shape: shapes.policy,
        headers: etag,
      },
      wrong: foreign('policyId'),
    },
    deletePolicy: {
      right: { arguments: async (scene) => ({ policyId: await newPolicy(scene) }), status: 204, shape: 'none' },
      wrong: {
        arguments: async (scene) => ({ policyId: await deleted(scene) }),
        status: 404,
        code: 'policy_not_found',
      },
    },
    updatePolicyState: {
      right: {
        arguments: async (scene) => ({ ...(await tagged(scene, await deleted(scene))), state: 'active' }),
        status: 200,
        shape: shapes.policy,
        headers: etag,
      },
      wrong: {
        arguments: async (scene) => ({ ...(await tagged(scene, await newPolicy(scene))), state: 'deleted' }),
        status: 400,
        code: 'invalid_body',
      },
    },
    listRoles: {
      right: {
        arguments: async ({ accountId }) => ({
          accountId,
          serviceName: 'kms',
          sourceServiceName: 'containers-kubernetes',
          policyType: 'authorization',
        }),
        status: 200,
        shape: shapes.roles,
      },
      wrong: { arguments: async () => ({ serviceGroupId: 'IAM' }), status: 501, code: 'unable_to_process' },
    },
    listV2Policies: {
      right: {
        async arguments(scene) {
          await severalOfEach(scene);
          return {
            accountId: scene.accountId,
            type: 'authorization',
            serviceType: 'service',
            serviceName: 'kms',
            sort: 'id',
            state: 'active',
            limit: 2,
          };
        },
        status: 200,
        shape: shapes.policyPageV2,
      },
      wrong: { arguments: async ({ accountId }) => ({ accountId, start: 'nowhere' }), status: 400, code: 'invalid_query' },
    },
    createV2Policy: {
      right: { arguments: async (scene) => wantedV2(scene), status: 201, shape: shapes.policyV2, headers: etag },
      wrong: {
        arguments: async (scene) => wantedV2(scene, 'crn:v1:bluemix:public:iam::::serviceRole:Nobody'),
        status: 400,
        code: 'role_not_found',
      },
    },
    replaceV2Policy: {
      right: {
        arguments: async (scene) => ({ ...(await taggedV2(scene, await newPolicyV2(scene))), ...wantedV2(scene, WRITER) }),
        status: 200,
        shape: shapes.policyV2,
        headers: etag,
      },
      wrong: {
        arguments: async (scene) => ({ ...wantedV2(scene), id: await newPolicyV2(scene), ifMatch: `9-${'0'.repeat(32)}` }),
        status: 409,
        code: 'policy_conflict_error',
      },
    },
    getV2Policy: {
      right: {
        arguments: async (scene) => ({ id: await newPolicyV2(scene), format: 'display' }),
        status: 200,
        shape: shapes.displayedPolicyV2,
        headers: etag,
      },
      wrong: foreign('id'),
    },
    deleteV2Policy: {
      right: { arguments: async (scene) => ({ id: await newPolicyV2(scene) }), status: 204, shape: 'none' },
      wrong: { arguments: async () => ({ id: NOWHERE }), status: 404, code: 'policy_not_found' },
    },
  },
  elsewhere: {
    ...elsewhere("roles of an account's own", 'createRole replaceRole getRole deleteRole'),
    ...elsewhere(
      'templates of enterprises',
      `listPolicyTemplates createPolicyTemplate getPolicyTemplate deletePolicyTemplate createPolicyTemplateVersion
      listPolicyTemplateVersions replacePolicyTemplate deletePolicyTemplateVersion getPolicyTemplateVersion commitPolicyTemplate
      listPolicyAssignments createPolicyTemplateAssignment getPolicyAssignment updatePolicyAssignment deletePolicyAssignment
      listRoleTemplates createRoleTemplate getRoleTemplate deleteRoleTemplate createRoleTemplateVersion listRoleTemplateVersions
      replaceRoleTemplate deleteRoleTemplateVersion getRoleTemplateVersion commitRoleTemplate listRoleAssignments
      createRoleTemplateAssignment getRoleAssignment updateRoleAssignment deleteRoleAssignment`,
    ),
    ...elsewhere(
      'limits that an enterprise sets on actions',
      `listActionControlTemplates createActionControlTemplate getActionControlTemplate deleteActionControlTemplate
      createActionControlTemplateVersion listActionControlTemplateVersions replaceActionControlTemplate
      deleteActionControlTemplateVersion getActionControlTemplateVersion commitActionControlTemplate listActionControlAssignments
      createActionControlTemplateAssignment getActionControlAssignment updateActionControlAssignment deleteActionControlAssignment`,
    ),
    ...elsewhere('access settings of an account', 'getSettings updateSettings'),
  },
};
