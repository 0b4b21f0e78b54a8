import type { MethodCase } from '../method-case.ts';
import type { PreparedBody, Scene } from '../scene.ts';
import * as shapes from './shapes.ts';
import * as wrong from './wrong-calls.ts';

export const newProfile = async ({ prepare, newName }: Scene): Promise<PreparedBody> =>
  await prepare('POST', '/v1/profiles', { name: newName('profile') });
export const someProfile = async (scene: Scene) => ({ profileId: (await newProfile(scene)).id });

/** A profile that the account's owner and the instance may act as. */
async function profileOfTwo(scene: Scene): Promise<{ profileId: string }> {
  const { profileId } = await someProfile(scene);
  const wanted = [
    { type: 'user', identifier: scene.iamId, accounts: [scene.accountId], description: 'the owner' },
    { type: 'crn', identifier: scene.instance.crn },
  ];
  for (const identity of wanted) await scene.prepare('POST', `/v1/profiles/${profileId}/identities/${identity.type}`, identity);
  return { profileId };
}

const setOfOne = async (scene: Scene) => {
  const { profileId } = await profileOfTwo(scene);
  const identities = [{ type: 'user', identifier: scene.iamId, accounts: [scene.accountId] }];
  return { profileId, ifMatch: await scene.tagOf(`/v1/profiles/${profileId}/identities`), identities };
};
const theOwner = async (scene: Scene) => ({
  ...(await profileOfTwo(scene)),
  identityType: 'user',
  identifierId: scene.iamId,
});
const nobody = async (scene: Scene) => ({ ...(await theOwner(scene)), identifierId: 'IBMid-nobody' });

export const PROFILES: Readonly<Record<string, MethodCase>> = {
  createProfile: {
    right: {
      arguments: async ({ accountId, newName }) => ({ accountId, name: newName('profile'), description: 'by the client' }),
      status: 201,
      shape: shapes.profile,
    },
    wrong: {
      arguments: async (scene) => ({ accountId: scene.accountId, name: (await newProfile(scene)).name }),
      status: 409,
      code: 'name_conflict',
    },
  },
  listProfiles: {
    right: {
      async arguments(scene) {
        await newProfile(scene);
        return { accountId: scene.accountId, pagesize: shapes.PAGE, sort: 'name', order: 'asc', includeHistory: false };
      },
      status: 200,
      shape: shapes.profileList,
    },
    wrong: wrong.otherAccount(async ({ other }) => ({ accountId: other.accountId })),
  },
  getProfile: {
    right: {
      arguments: async (scene) => ({ ...(await someProfile(scene)), includeActivity: true }),
      status: 200,
      shape: shapes.profileInUse,
    },
    wrong: wrong.foreign(someProfile),
  },
  updateProfile: {
    right: {
      async arguments(scene) {
        const { id, entity_tag: ifMatch } = await newProfile(scene);
        return { profileId: id, ifMatch, name: scene.newName('renamed'), description: 'changed' };
      },
      status: 200,
      shape: shapes.profile,
    },
    wrong: wrong.changed(async (scene) => ({ ...(await someProfile(scene)), ifMatch: 'of-another-time' })),
  },
  deleteProfile: {
    right: { arguments: someProfile, status: 204, shape: 'none' },
    wrong: wrong.foreign(someProfile),
  },
  getProfileIdentities: {
    right: { arguments: profileOfTwo, status: 200, shape: shapes.profileIdentities },
    wrong: wrong.foreign(profileOfTwo),
  },
  setProfileIdentities: {
    right: { arguments: setOfOne, status: 200, shape: shapes.profileIdentities },
    wrong: wrong.changed(async (scene) => ({ ...(await setOfOne(scene)), ifMatch: 'of-another-time' })),
  },
  setProfileIdentity: {
    right: {
      arguments: async (scene) => ({
        ...(await someProfile(scene)),
        identityType: 'user',
        type: 'user',
        identifier: scene.iamId,
        accounts: [scene.accountId],
        description: 'by the client',
      }),
      status: 200,
      shape: shapes.profileIdentity,
    },
    wrong: wrong.invalid(async (scene) => ({
      ...(await someProfile(scene)),
      identityType: 'crn',
      type: 'crn',
      identifier: scene.instance.crn.replace(scene.accountId, scene.other.accountId),
    })),
  },
  getProfileIdentity: {
    right: { arguments: theOwner, status: 200, shape: shapes.profileIdentity },
    wrong: wrong.notFound(nobody),
  },
  deleteProfileIdentity: {
    right: { arguments: theOwner, status: 204, shape: 'none' },
    wrong: wrong.notFound(nobody),
  },
};
