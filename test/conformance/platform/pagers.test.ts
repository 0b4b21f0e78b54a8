import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientsAreMissing } from '../published-clients.ts';
import { type Client, methodOf, type Pager, publishedClient } from './clients.ts';
import type { Scene } from './scene.ts';
import { type StartedScene, startScene } from './start-scene.ts';

const PLAN = 'eedd3585-90c6-4c8f-be3d-062069e99fc3';
const READER = 'crn:v1:bluemix:public:iam::::serviceRole:Reader';
const CONTROLLER = publishedClient('resource-controller/v2');
const POLICIES = publishedClient('iam-policy-management/v1');
const GROUPS = publishedClient('iam-access-groups/v2');
const USERS = publishedClient('user-management/v1');
const IDENTITY = publishedClient('iam-identity/v1');

let started: StartedScene;
let scene: Scene;

type Named = Readonly<Record<string, string>>;

/** Makes `count` things one after the other; what `make` gives of each. */
async function many(count: number, make: (number: number) => Promise<string>): Promise<string[]> {
  const made: string[] = [];
  for (let number = 0; number < count; number += 1) made.push(await make(number));
  return made;
}

/** Reads to the end; `between` after the first page. No page is longer than `limit`. */
async function read(
  pager: Pager,
  field: string,
  limit: number,
  between?: (first: string[]) => Promise<void>,
): Promise<{ pages: number; seen: string[] }> {
  const seen: string[] = [];
  let pages = 0;
  while (pager.hasNext()) {
    const page = (await pager.getNext()) as Named[];
    expect(page.length).toBeLessThanOrEqual(limit);
    seen.push(...page.map((one) => one[field] ?? ''));
    pages += 1;
    if (pages === 1) await between?.([...seen]);
  }
  expect(new Set(seen).size).toBe(seen.length);
  return { pages, seen };
}
const sorted = (texts: readonly string[]): string[] => [...texts].sort();

const newInstance = async (name: string): Promise<string> => {
  const body = { name, target: 'us-south', resource_group: scene.group, resource_plan_id: PLAN };
  return (await scene.prepare('POST', '/v2/resource_instances', body)).guid;
};
const newPolicy = async (iamId: string, instance: string): Promise<string> => {
  const resource = { serviceName: 'kms', accountId: scene.accountId, serviceInstance: instance };
  const policy = {
    type: 'access',
    subjects: [{ attributes: [{ name: 'iam_id', value: iamId }] }],
    roles: [{ role_id: READER }],
    resources: [{ attributes: Object.entries(resource).map(([name, value]) => ({ name, value })) }],
  };
  return (await scene.prepare('POST', '/v1/policies', policy)).id;
};
const newServiceId = async (): Promise<string> =>
  (await scene.prepare('POST', '/v1/serviceids/', { name: scene.newName('sid') })).iam_id;
const newAccessGroup = async (): Promise<string> =>
  (await scene.prepare('POST', `/v2/groups?account_id=${scene.accountId}`, { name: scene.newName('group') })).id;

describe.skipIf(clientsAreMissing)('the pagers of the published platform clients', () => {
  beforeAll(async () => {
    started = await startScene();
    scene = started.scene;
  });
  afterAll(async () => {
    await started?.[Symbol.asyncDispose]();
  });
  const open = (client: typeof CONTROLLER): Client => client.open(scene.url, scene.apiKey);

  it('ResourceInstancesPager reads 112 instances in pages of 25, each one time, while others come and go', async () => {
    const made = await many(112, (number) => newInstance(`paged-${number}`));
    const parameters = { resourceGroupId: scene.group, limit: 25 };
    const whole = CONTROLLER.pager('ResourceInstancesPager', open(CONTROLLER), parameters);
    expect(sorted((await read(whole, 'guid', 25)).seen)).toEqual(sorted(made));

    const moving = CONTROLLER.pager('ResourceInstancesPager', open(CONTROLLER), parameters);
    const { pages, seen } = await read(moving, 'guid', 25, async (first) => {
      for (const guid of first.slice(0, 3)) await scene.prepare('DELETE', `/v2/resource_instances/${guid}`);
      await newInstance('late');
    });
    expect(pages).toBeGreaterThanOrEqual(5);
    expect(made.filter((guid) => !seen.includes(guid))).toEqual([]);
  }, 60_000);

  it('ResourceInstancesPager reads all at once, and of another state', async () => {
    const parameters = { resourceGroupId: scene.group, state: 'pending_reclamation', limit: 2 };
    const pager = CONTROLLER.pager('ResourceInstancesPager', open(CONTROLLER), parameters);
    expect((await pager.getAll()).length).toBe(3);
    expect(pager.hasNext()).toBe(false);
  });

  it.each([
    ['ResourceKeysPager', {}],
    ['ResourceBindingsPager', {}],
    ['ResourceAliasesPager', {}],
    ['ResourceKeysForInstancePager', { id: '' }],
    ['ResourceAliasesForInstancePager', { id: '' }],
  ])('%s comes to its end where there is nothing', async (name, of) => {
    const parameters = { ...('id' in of && { id: scene.instance.crn }), limit: 10 };
    expect(await CONTROLLER.pager(name, open(CONTROLLER), parameters).getAll()).toEqual([]);
  });

  it('PoliciesPager and V2PoliciesPager read the same 13 policies in pages of 5, each one time, while others come and go', async () => {
    const iamId = await newServiceId();
    const made = await many(13, (number) => newPolicy(iamId, `instance-${number}`));
    const parameters = { accountId: scene.accountId, iamId, limit: 5 };
    for (const name of ['PoliciesPager', 'V2PoliciesPager']) {
      const { pages, seen } = await read(POLICIES.pager(name, open(POLICIES), parameters), 'id', 5);
      expect([pages, sorted(seen)]).toEqual([3, sorted(made)]);
    }
    const moving = POLICIES.pager('PoliciesPager', open(POLICIES), parameters);
    const { seen } = await read(moving, 'id', 5, async ([first]) => {
      await scene.prepare('DELETE', `/v1/policies/${first}`);
      await newPolicy(iamId, 'instance-late');
    });
    expect(made.filter((id) => !seen.includes(id))).toEqual([]);
  });

  it('AccessGroupsPager reads 11 groups in pages of 4', async () => {
    const made = await many(11, newAccessGroup);
    const parameters = { accountId: scene.accountId, limit: 4, hidePublicAccess: true };
    const { pages, seen } = await read(GROUPS.pager('AccessGroupsPager', open(GROUPS), parameters), 'id', 4);
    expect([pages, sorted(seen)]).toEqual([3, sorted(made)]);
  });

  it('AccessGroupMembersPager reads 9 members in pages of 4', async () => {
    const accessGroupId = await newAccessGroup();
    const members = await many(9, newServiceId);
    const body = { members: members.map((iam_id) => ({ iam_id, type: 'service' })) };
    await scene.prepare('PUT', `/v2/groups/${accessGroupId}/members`, body);
    const pager = GROUPS.pager('AccessGroupMembersPager', open(GROUPS), { accessGroupId, limit: 4 });
    const { pages, seen } = await read(pager, 'iam_id', 4);
    expect([pages, sorted(seen)]).toEqual([3, sorted(members)]);
  });

  it('UsersPager reads the owner and 7 whom he invited in pages of 3', async () => {
    const emails = Array.from({ length: 7 }, (_, number) => `paged-${number}@example.com`);
    const users = emails.map((email) => ({ email }));
    await scene.prepare('POST', `/v2/accounts/${scene.accountId}/users`, { users });
    const pager = USERS.pager('UsersPager', open(USERS), { accountId: scene.accountId, limit: 3 });
    const { pages, seen } = await read(pager, 'email', 3);
    expect([pages, seen.filter((email) => email.startsWith('paged-')).sort()]).toEqual([3, emails]);
    expect(seen.length).toBe(8);
  });

  it.each([
    ['listApiKeys', 'apikeys'],
    ['listServiceIds', 'serviceids'],
    ['listProfiles', 'profiles'],
  ])('%s leads from page to page by pagetoken, to the end and back', async (method, list) => {
    const prepared = { listApiKeys: '/v1/apikeys', listServiceIds: '/v1/serviceids/', listProfiles: '/v1/profiles' };
    const path = prepared[method as keyof typeof prepared];
    const made = await many(7, async () => (await scene.prepare('POST', path, { name: scene.newName('token-paged') })).id);
    const call = methodOf(open(IDENTITY), method);
    const wanted = { accountId: scene.accountId, pagesize: 3, filter: 'name sw "token-paged"', sort: 'name' };
    const seen: string[][] = [];
    let answer = (await call(wanted)).result as Readonly<Record<string, unknown>>;
    const ids = (): string[] => (answer[list] as Named[]).map(({ id = '' }) => id);
    const follow = async (to: unknown): Promise<void> => {
      const pagetoken = new URL(String(to)).searchParams.get('pagetoken');
      answer = (await call({ accountId: scene.accountId, pagesize: 3, pagetoken })).result as typeof answer;
    };
    seen.push(ids());
    while (answer.next !== undefined) {
      await follow(answer.next);
      seen.push(ids());
    }
    expect(seen.map(({ length }) => length)).toEqual([3, 3, 1]);
    expect(sorted(seen.flat())).toEqual(sorted(made));
    await follow(answer.previous);
    expect(ids()).toEqual(seen[1]);
  });
});
