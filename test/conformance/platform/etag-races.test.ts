import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPostgresMissing } from '../../process/find-postgres.ts';
import { clientsAreMissing } from '../published-clients.ts';
import { type Client, methodOf, type PublishedClient, publishedClient, type Refusal } from './clients.ts';
import type { Scene } from './scene.ts';
import { startReplicas } from './start-replicas.ts';
import { type StartedScene, startScene } from './start-scene.ts';

const IDENTITY = publishedClient('iam-identity/v1');
const POLICIES = publishedClient('iam-policy-management/v1');
const GROUPS = publishedClient('iam-access-groups/v2');
const ROLE = 'crn:v1:bluemix:public:iam::::serviceRole:Reader';
const ROUNDS = 5;
const CLIENTS = 4;

/** Something that is changed by whoever has read its newest version. */
interface Raced {
  readonly published: PublishedClient;
  readonly method: string;
  /** Makes one; where it is read. */
  make(scene: Scene): Promise<{ readonly path: string; readonly id: string }>;
  /** The change that makes it known by `description`. */
  change(id: string, description: string, scene: Scene): Readonly<Record<string, unknown>>;
}

const pairs = (of: Readonly<Record<string, string>>) => Object.entries(of).map(([name, value]) => ({ name, value }));
const resourceOf = ({ accountId, instance }: Scene) => ({ serviceName: 'kms', accountId, serviceInstance: instance.guid });
const policyOf = (iamId: string, scene: Scene) => ({
  type: 'access',
  subjects: [{ attributes: pairs({ iam_id: iamId }) }],
  roles: [{ role_id: ROLE }],
  resources: [{ attributes: pairs(resourceOf(scene)) }],
});
const keyed = (of: Readonly<Record<string, string>>) =>
  Object.entries(of).map(([key, value]) => ({ key, operator: 'stringEquals', value }));

/** A policy of a new service ID; its id tells whose it is. */
async function newPolicy(scene: Scene, version: 'v1' | 'v2'): Promise<{ path: string; id: string }> {
  const { iam_id } = await scene.prepare('POST', '/v1/serviceids/', { name: scene.newName('subject') });
  const { id } = await scene.prepare('POST', '/v1/policies', policyOf(iam_id, scene));
  return { path: `/${version}/policies/${id}`, id: `${id} ${iam_id}` };
}
const newOne = (collection: string, prefix: string) => async (scene: Scene) => {
  const { id } = await scene.prepare('POST', collection, { name: scene.newName('raced') });
  return { path: prefix + id, id };
};

const RACED: Readonly<Record<string, Raced>> = {
  'a policy (version 1)': {
    published: POLICIES,
    method: 'replacePolicy',
    make: (scene) => newPolicy(scene, 'v1'),
    change(id, description, scene) {
      const [policyId = '', iamId = ''] = id.split(' ');
      return { policyId, description, ...policyOf(iamId, scene) };
    },
  },
  'a policy (version 2)': {
    published: POLICIES,
    method: 'replaceV2Policy',
    make: (scene) => newPolicy(scene, 'v2'),
    change(id, description, scene) {
      const [policyId = '', iamId = ''] = id.split(' ');
      return {
        id: policyId,
        description,
        type: 'access',
        subject: { attributes: keyed({ iam_id: iamId }) },
        control: { grant: { roles: [{ role_id: ROLE }] } },
        resource: { attributes: keyed(resourceOf(scene)) },
      };
    },
  },
  'an access group': {
    published: GROUPS,
    method: 'updateAccessGroup',
    make: (scene) => newOne(`/v2/groups?account_id=${scene.accountId}`, '/v2/groups/')(scene),
    change: (accessGroupId, description) => ({ accessGroupId, description }),
  },
  'an API key': {
    published: IDENTITY,
    method: 'updateApiKey',
    make: newOne('/v1/apikeys', '/v1/apikeys/'),
    change: (id, description) => ({ id, description }),
  },
  'a service ID': {
    published: IDENTITY,
    method: 'updateServiceId',
    make: newOne('/v1/serviceids/', '/v1/serviceids/'),
    change: (id, description) => ({ id, description }),
  },
  'a trusted profile': {
    published: IDENTITY,
    method: 'updateProfile',
    make: newOne('/v1/profiles', '/v1/profiles/'),
    change: (profileId, description) => ({ profileId, description }),
  },
};

let started: StartedScene;
let scene: Scene;

/** As many as race, spread over the servers. */
function clientsOf(published: PublishedClient): Client[] {
  return Array.from({ length: CLIENTS }, (_, who) => {
    const url = started.urls[who % started.urls.length] ?? '';
    return published.open(url, scene.apiKey);
  });
}

const PLACES = [
  { on: 'one server', start: startScene, isMissing: false },
  {
    on: 'two replicas on one PostgreSQL (needs it here: apt-get install postgresql)',
    start: startReplicas,
    isMissing: isPostgresMissing(),
  },
] as const;

describe.each(PLACES)(
  'of clients that change one version of a thing at a time, exactly one wins, on $on',
  ({ start, isMissing }) => {
    const skipped = clientsAreMissing || isMissing;

    beforeAll(async () => {
      if (skipped) return;
      started = await start();
      scene = started.scene;
    }, 90_000);
    afterAll(async () => {
      if (!skipped) await started?.[Symbol.asyncDispose]();
    });

    it.skipIf(skipped).each(Object.entries(RACED))('%s', async (_, { published, method, make, change }) => {
      const clients = clientsOf(published);
      const { path, id } = await make(scene);
      for (let round = 0; round < ROUNDS; round += 1) {
        const ifMatch = await scene.tagOf(path);
        const outcomes = await Promise.all(
          clients.map((client, who) =>
            methodOf(
              client,
              method,
            )({ ...change(id, `round ${round} by ${who}`, scene), ifMatch }).then(
              ({ status }) => status,
              ({ status }: Refusal) => status,
            ),
          ),
        );
        expect(outcomes.filter((status) => status === 200).length).toBe(1);
        expect(outcomes.filter((status) => status === 409).length).toBe(CLIENTS - 1);
        const { description } = await scene.prepare('GET', path);
        expect(description).toBe(`round ${round} by ${outcomes.indexOf(200)}`);
        expect(await scene.tagOf(path)).not.toBe(ifMatch);
        // The version that won is not there twice: its own tag is of an earlier one now.
        await expect(
          methodOf(published.open(scene.url, scene.apiKey), method)({ ...change(id, 'late', scene), ifMatch }),
        ).rejects.toMatchObject({ status: 409 });
      }
    });

    it.skipIf(skipped)('a policy that was deleted is brought back by one', async () => {
      const { path, id } = await newPolicy(scene, 'v1');
      const [policyId = ''] = id.split(' ');
      await scene.prepare('DELETE', path);
      const ifMatch = await scene.tagOf(path);
      const restore = (client: Client) => methodOf(client, 'updatePolicyState')({ policyId, ifMatch, state: 'active' });
      const outcomes = await Promise.allSettled(clientsOf(POLICIES).map(restore));
      expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(1);
    });
  },
);
