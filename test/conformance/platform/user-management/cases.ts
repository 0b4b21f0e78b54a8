import { publishedClient } from '../clients.ts';
import { type ClientCases, elsewhere } from '../method-case.ts';
import type { PreparedBody, Scene } from '../scene.ts';
import * as shapes from './shapes.ts';

const VIEWER = 'crn:v1:bluemix:public:iam::::role:Viewer';
const PASSWORD = 'another battery, another staple';
const NOBODY = 'IBMid-NOBODY';

const newEmail = ({ newName }: Scene): string => `${newName('user')}@example.com`;
const usersOf = (accountId: string): string => `/v2/accounts/${accountId}/users`;

interface Invited extends PreparedBody {
  readonly resources: PreparedBody['resources'] & readonly { readonly invitation: { readonly token: string } }[];
}
async function invite(scene: Scene, email: string): Promise<{ iamId: string; token: string }> {
  const body = await scene.prepare('POST', usersOf(scene.accountId), { users: [{ email }] });
  const [made] = (body as Invited).resources;
  return { iamId: made?.id ?? '', token: made?.invitation.token ?? '' };
}
const pending = async (scene: Scene) => ({
  accountId: scene.accountId,
  iamId: (await invite(scene, newEmail(scene))).iamId,
});
async function accepted(scene: Scene): Promise<{ accountId: string; iamId: string }> {
  const { iamId, token } = await invite(scene, newEmail(scene));
  await scene.prepare('POST', '/v1/invitations/accept', { token, password: PASSWORD, name: 'Grace Hopper' });
  return { accountId: scene.accountId, iamId };
}
/** The caller, invited to the other account, where he may have been a user before. */
async function invitedElsewhere({ prepare, accountId, iamId, other }: Scene): Promise<{ accountId: string; token: string }> {
  const { email } = (await prepare('GET', `${usersOf(accountId)}/${iamId}`)) as PreparedBody & { readonly email: string };
  const before = await other.api.send('DELETE', `${usersOf(other.accountId)}/${iamId}`);
  const { status, body } = await other.api.send('POST', usersOf(other.accountId), { users: [{ email }] });
  const [made] = (body as Invited).resources;
  if (![204, 404].includes(before.status) || status !== 202 || !made) throw new Error(`not invited: ${before.status} ${status}`);
  return { accountId: other.accountId, token: made.invitation.token };
}

const unknown = {
  arguments: async ({ accountId }: Scene) => ({ accountId, iamId: NOBODY }),
  status: 404,
  code: 'not_found',
} as const;
const otherAccount = { status: 403, code: 'account_mismatch' } as const;
const ownerGoes = {
  arguments: async ({ accountId, iamId }: Scene) => ({ accountId, iamId }),
  status: 409,
  code: 'account_owner',
} as const;

export const USER_MANAGEMENT: ClientCases = {
  name: 'UserManagementV1',
  published: publishedClient('user-management/v1'),
  refusals: 'iam',
  cases: {
    listUsers: {
      right: {
        async arguments(scene) {
          for (let made = 0; made < 2; made += 1) await invite(scene, newEmail(scene));
          return { accountId: scene.accountId, limit: 1, search: 'state:PENDING,realm:IBMid', includeSettings: false };
        },
        status: 200,
        shape: shapes.userPage,
      },
      wrong: { arguments: async ({ other }) => ({ accountId: other.accountId }), ...otherAccount },
    },
    inviteUsers: {
      right: {
        arguments: async (scene) => ({
          accountId: scene.accountId,
          users: [
            { email: newEmail(scene), account_role: 'Member' },
            { email: newEmail(scene), account_role: 'Member' },
          ],
          iamPolicy: [
            {
              type: 'access',
              roles: [{ role_id: VIEWER }],
              resources: [{ attributes: [{ name: 'serviceName', value: 'kms' }] }],
            },
          ],
          accessGroups: [(await scene.prepare('POST', '/v2/groups', { name: scene.newName('invited') })).id],
        }),
        status: 202,
        shape: shapes.invited,
      },
      wrong: {
        arguments: async (scene) => ({
          accountId: scene.accountId,
          users: [{ email: newEmail(scene), account_role: 'Member' }],
          accessGroups: ['AccessGroupId-none'],
        }),
        status: 400,
        code: 'invalid_field',
      },
    },
    getUserProfile: {
      right: {
        arguments: async (scene) => ({ ...(await accepted(scene)), includeActivity: 'false' }),
        status: 200,
        shape: shapes.user,
      },
      wrong: unknown,
    },
    updateUserProfile: {
      right: { arguments: async (scene) => ({ ...(await accepted(scene)), state: 'DISABLED' }), status: 204, shape: 'none' },
      wrong: {
        arguments: async (scene) => ({ ...(await pending(scene)), state: 'VPN_ONLY' }),
        status: 400,
        code: 'invalid_field',
      },
    },
    removeUser: { right: { arguments: accepted, status: 204, shape: 'none' }, wrong: ownerGoes },
    v3RemoveUser: { right: { arguments: pending, status: 204, shape: 'none' }, wrong: unknown },
    accept: {
      right: {
        async arguments(scene) {
          const { accountId, token } = await invitedElsewhere(scene);
          return { accountId, headers: { 'Invitation-Token': token } };
        },
        status: 202,
        shape: 'none',
      },
      wrong: {
        arguments: async ({ other, newName }) => ({
          accountId: other.accountId,
          headers: { 'Invitation-Token': newName('no invitation') },
        }),
        status: 404,
        code: 'not_found',
      },
    },
  },
  elsewhere: elsewhere('settings of users', 'getUserSettings updateUserSettings'),
};
