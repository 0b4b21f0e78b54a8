import { publishedClient } from '../clients.ts';
import { type Arguments, type ClientCases, elsewhere } from '../method-case.ts';
import type { Scene } from '../scene.ts';
import * as shapes from './shapes.ts';

const NO_GROUP = 'AccessGroupId-11111111-2222-4333-8444-555555555555';
const NO_SERVICE = 'iam-ServiceId-11111111-2222-4333-8444-555555555555';
const etag = { etag: /^[1-9]\d*-[0-9a-f]{32}$/ };

async function newGroup({ prepare, newName }: Scene): Promise<string> {
  return (await prepare('POST', '/v2/groups', { name: newName('group'), description: 'made for one call' })).id;
}
async function newService({ prepare, newName, accountId }: Scene): Promise<string> {
  const body = { account_id: accountId, name: newName('service'), description: 'a member' };
  return (await prepare('POST', '/v1/serviceids/', body)).iam_id;
}
async function join({ prepare }: Scene, accessGroupId: string, iamId: string, type = 'service'): Promise<void> {
  await prepare('PUT', `/v2/groups/${accessGroupId}/members`, { members: [{ iam_id: iamId, type }] });
}
async function withMember(scene: Scene): Promise<{ accessGroupId: string; iamId: string }> {
  const named = { accessGroupId: await newGroup(scene), iamId: await newService(scene) };
  await join(scene, named.accessGroupId, named.iamId);
  return named;
}
const withoutMember: Arguments = async (scene) => ({ accessGroupId: await newGroup(scene), iamId: await newService(scene) });
const tagged = async (scene: Scene, accessGroupId: string) => ({
  accessGroupId,
  ifMatch: await scene.tagOf(`/v2/groups/${accessGroupId}`),
});

const missing = { arguments: async () => ({ accessGroupId: NO_GROUP }), status: 404, code: 'not_found' } as const;
/** What is in a group of another account is not told from what is not there. */
const foreign = {
  arguments: async (scene: Scene) => ({ accessGroupId: await newGroup(scene) }),
  as: 'other',
  status: 404,
  code: 'not_found',
} as const;
const otherAccount = { status: 403, code: 'account_mismatch' } as const;

export const IAM_ACCESS_GROUPS: ClientCases = {
  name: 'IamAccessGroupsV2',
  published: publishedClient('iam-access-groups/v2'),
  refusals: 'iam',
  cases: {
    createAccessGroup: {
      right: {
        arguments: async ({ accountId, newName }) => ({ accountId, name: newName('group'), description: 'made by the client' }),
        status: 201,
        shape: shapes.group,
        headers: etag,
      },
      wrong: {
        async arguments(scene) {
          const name = scene.newName('taken');
          await scene.prepare('POST', '/v2/groups', { name });
          return { accountId: scene.accountId, name };
        },
        status: 409,
        code: 'name_conflict',
      },
    },
    listAccessGroups: {
      right: {
        async arguments(scene) {
          const iamId = await newService(scene);
          for (let made = 0; made < 3; made += 1) await join(scene, await newGroup(scene), iamId);
          return {
            accountId: scene.accountId,
            iamId,
            search: 'name:group',
            membershipType: 'static',
            limit: 1,
            offset: 1,
            sort: '-name',
            showFederated: true,
            hidePublicAccess: true,
            showCrn: true,
          };
        },
        status: 200,
        shape: shapes.groupPage,
      },
      wrong: { arguments: async ({ other }) => ({ accountId: other.accountId }), ...otherAccount },
    },
    getAccessGroup: {
      right: {
        arguments: async (scene) => ({ accessGroupId: await newGroup(scene), showFederated: true, showCrn: true }),
        status: 200,
        shape: shapes.fullGroup,
        headers: etag,
      },
      wrong: foreign,
    },
    updateAccessGroup: {
      right: {
        arguments: async (scene) => ({
          ...(await tagged(scene, await newGroup(scene))),
          name: scene.newName('renamed'),
          description: 'another one',
        }),
        status: 200,
        shape: shapes.group,
        headers: etag,
      },
      wrong: {
        async arguments(scene) {
          const before = await tagged(scene, await newGroup(scene));
          const { accessGroupId, ifMatch } = before;
          await scene.prepare('PATCH', `/v2/groups/${accessGroupId}`, { description: 'first' }, { 'if-match': ifMatch });
          return { ...before, description: 'second' };
        },
        status: 409,
        code: 'conflict',
      },
    },
    deleteAccessGroup: {
      right: {
        arguments: async (scene) => ({ accessGroupId: (await withMember(scene)).accessGroupId, force: true }),
        status: 204,
        shape: 'none',
      },
      wrong: {
        arguments: async (scene) => ({ accessGroupId: (await withMember(scene)).accessGroupId, force: false }),
        status: 409,
        code: 'group_not_empty',
      },
    },
    isMemberOfAccessGroup: {
      right: { arguments: withMember, status: 204, shape: 'none' },
      wrong: { arguments: withoutMember, status: 404, code: 'none' },
    },
    addMembersToAccessGroup: {
      right: {
        arguments: async (scene) => ({
          accessGroupId: await newGroup(scene),
          members: [
            { iam_id: await newService(scene), type: 'service' },
            { iam_id: NO_SERVICE, type: 'service' },
          ],
        }),
        status: 207,
        shape: shapes.added,
      },
      wrong: {
        arguments: async (scene) => ({
          accessGroupId: await newGroup(scene),
          members: [{ iam_id: scene.iamId, type: 'cluster' }],
        }),
        status: 400,
        code: 'invalid_field',
      },
    },
    listAccessGroupMembers: {
      right: {
        async arguments(scene) {
          const accessGroupId = await newGroup(scene);
          await join(scene, accessGroupId, scene.iamId, 'user');
          for (let made = 0; made < 3; made += 1) await join(scene, accessGroupId, await newService(scene));
          return { accessGroupId, membershipType: 'static', limit: 1, offset: 1, type: 'service', verbose: true, sort: 'id' };
        },
        status: 200,
        shape: shapes.memberPage,
      },
      wrong: foreign,
    },
    removeMemberFromAccessGroup: {
      right: { arguments: withMember, status: 204, shape: 'none' },
      wrong: { arguments: withoutMember, status: 404, code: 'not_found' },
    },
    removeMembersFromAccessGroup: {
      right: {
        async arguments(scene) {
          const { accessGroupId, iamId } = await withMember(scene);
          return { accessGroupId, members: [iamId, NO_SERVICE] };
        },
        status: 207,
        shape: shapes.removed,
      },
      wrong: { ...missing, arguments: async () => ({ accessGroupId: NO_GROUP, members: [NO_SERVICE] }) },
    },
    removeMemberFromAllAccessGroups: {
      right: {
        arguments: async (scene) => ({ accountId: scene.accountId, iamId: (await withMember(scene)).iamId }),
        status: 207,
        shape: shapes.left,
      },
      wrong: {
        arguments: async (scene) => ({ accountId: scene.accountId, iamId: await newService(scene) }),
        status: 404,
        code: 'not_found',
      },
    },
    addMemberToMultipleAccessGroups: {
      right: {
        arguments: async (scene) => ({
          accountId: scene.accountId,
          iamId: await newService(scene),
          type: 'service',
          groups: [await newGroup(scene), NO_GROUP],
        }),
        status: 207,
        shape: shapes.joined,
      },
      wrong: {
        arguments: async (scene) => ({
          accountId: scene.other.accountId,
          iamId: await newService(scene),
          type: 'service',
          groups: [await newGroup(scene)],
        }),
        ...otherAccount,
      },
    },
  },
  elsewhere: {
    ...elsewhere(
      'rules that let people of a provider into a group: trusted profiles do that here',
      'addAccessGroupRule listAccessGroupRules getAccessGroupRule replaceAccessGroupRule removeAccessGroupRule',
    ),
    ...elsewhere('a group of everybody', 'getAccountSettings updateAccountSettings'),
    ...elsewhere(
      'templates of enterprises',
      `createTemplate listTemplates createTemplateVersion listTemplateVersions getTemplateVersion updateTemplateVersion
      deleteTemplateVersion commitTemplate getLatestTemplateVersion deleteTemplate createAssignment listAssignments getAssignment
      updateAssignment deleteAssignment`,
    ),
  },
};
