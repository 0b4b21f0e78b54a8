import type { FastifyInstance } from 'fastify';
import { API_KEY_GRANT, PASSWORD_GRANT } from '../../../contract/tokens/grant.ts';
import { insertPerson, LOCAL_REALM } from '../../../store/iam/people.ts';
import { insertUser } from '../../../store/iam/users.ts';
import { writeMeta } from '../../../store/meta.ts';
import { createHttp } from '../../http.ts';
import { createApiKey } from '../../iam/api-keys/new-key.ts';
import { newUserId } from '../../iam/people/new-person.ts';
import { createLog } from '../../log.ts';
import { PLATFORM, SERVICE } from '../../testkit/people.ts';
import { startTestClusters, type TestClusters } from './test-clusters.ts';

/** The fields of answers that tests look into; which of them are there depends on the answer. */
export interface ReplyBody {
  readonly id: string;
  readonly guid: string;
  readonly name: string;
  readonly email: string;
  readonly problem?: string;
  readonly code: string;
  readonly description: string;
  readonly recoveryCLI: string;
  readonly roles: readonly { readonly role_id: string }[];
  readonly resources: readonly { readonly id: string; readonly invitation: { readonly token: string } }[];
  readonly policies: readonly { readonly id: string; readonly subjects: readonly Side[]; readonly resources: readonly Side[] }[];
  readonly apikeys: readonly { readonly id: string; readonly name: string; readonly iam_id: string }[];
  readonly status: string;
  readonly resource_group_id: string;
  readonly invitation: { readonly token: string };
  readonly lifecycle: { readonly masterStatus: string };
}
interface Side {
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
}

export interface Reply {
  readonly status: number;
  /** Empty where there was none. */
  readonly body: ReplyBody;
  /** The body where it is a list. */
  readonly list: readonly Readonly<Record<string, string>>[];
}

/** Somebody who is logged in and sends requests. */
export interface Caller {
  readonly iamId: string;
  readonly name: string;
  readonly email: string;
  readonly accountId: string;
  send(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Reply>;
}

/** A KMS instance with its keys. */
export interface Kms {
  readonly id: string;
  readonly R1: string;
  readonly R2: string;
  readonly R3: string;
  /** A standard key. */
  readonly S1: string;
}

/**
 * The fixtures of the acceptance statements: account A with its administrator alice and its viewer vic, account B with bob, Key Protect
 * kp-A, Hyper Protect hp-A and kp-B, a second resource group in A, and clusters as they are wanted. Everything by HTTP.
 */
export interface TwoAccounts extends AsyncDisposable {
  readonly clusters: TestClusters;
  readonly A: { readonly id: string; readonly group: string; readonly secondGroup: string };
  readonly B: { readonly id: string; readonly group: string };
  readonly owner: Caller;
  readonly alice: Caller;
  readonly vic: Caller;
  readonly bob: Caller;
  readonly kpA: Kms;
  readonly hpA: Kms;
  readonly kpB: Kms;
  /** Another user of account A, with the given roles: `Viewer kms`, `Reader kms`, `Administrator containers-kubernetes`. */
  addUser(name: string, ...roles: readonly string[]): Promise<Caller>;
  /** Somebody of account A by an API key. */
  logIn(iamId: string, name: string, apiKey: string): Promise<Caller>;
  /** Lets clusters of `sourceAccount` use every Key Protect instance of the account of `by`; the policy's id. */
  authorize(by: Caller, sourceAccount: string): Promise<string>;
  /** A cluster that is ready, of somebody's making. */
  addCluster(who: Caller, name: string, group?: string): Promise<string>;
  /** Gives `roles` in A by a policy that alice makes; its id. */
  grant(iamId: string, role: string, service: string, on?: Readonly<Record<string, string>>): Promise<string>;
  enable(who: Caller, cluster: string, instance: string, key: string, more?: object): Promise<Reply>;
}

const KP_PLAN = 'eedd3585-90c6-4c8f-be3d-062069e99fc3';
const HP_PLAN = '2b6c1f3e-71d4-4a0b-8e55-90d3a4c7f816';
const PASSWORD = 'correct horse battery staple';
const PLATFORM_ROLES: ReadonlySet<string> = new Set(['Viewer', 'Operator', 'Editor', 'Administrator']);

/** The CRN of a role by its name. */
export function roleCrn(name: string): string {
  if (name === 'AuthorizationDelegator' || PLATFORM_ROLES.has(name)) return PLATFORM + name;
  return name === 'ReaderPlus' ? `crn:v1:bluemix:public:kms::::serviceRole:${name}` : SERVICE + name;
}

/** `{a: 'b'}` as attributes of a policy. */
export function attributes(of: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return Object.entries(of).map(([name, value]) => ({ name, value }));
}

export async function startTwoAccounts(): Promise<TwoAccounts> {
  const clusters = await startTestClusters();
  const { server } = clusters;
  const { store, iam, account } = server;
  const log = createLog({ level: 'fatal' });
  const http = createHttp({ pipeline: server.pipeline, serverId: 'test', newId: iam.newId, log });
  const now = server.clock.now();

  async function userOf(accountId: string, name: string): Promise<Caller> {
    const iamId = newUserId(iam);
    const email = emailOf(name);
    const secret = await store.change(['iam'], async (tx) => {
      const person = { iam_id: iamId, realm: LOCAL_REALM, subject: email, email, name, created_at: now };
      await insertPerson(tx, { ...person, password_hash: null, password_set_at: null });
      await insertUser(tx, { account_id: accountId, iam_id: iamId, state: 'ACTIVE', added_at: now, added_by: iamId });
      return (await createApiKey(tx, iam, { iamId, accountId, name: 'to log in', createdBy: iamId, now })).secret;
    });
    return await caller(http, { iamId, name, email, accountId }, secret);
  }

  const owner = await caller(
    http,
    { iamId: account.ownerIamId, name: 'Account Owner', email: 'owner@rootward.local', accountId: account.accountId },
    server.ownerApiKey,
  );
  const alice = await acceptInvitation(http, await invite(owner, 'alice'), 'alice');
  const vic = await acceptInvitation(http, await invite(owner, 'vic'), 'vic');
  // A server is administered from the account that its first start makes.
  await store.change([], (tx) => writeMeta(tx, 'account_id', account.accountId));
  const { body: B } = await owner.send('POST', '/v1/accounts', { name: 'B', owner_email: emailOf('bob') });
  const bob = await acceptInvitation(http, B.invitation.token, 'bob');
  const { body: second } = await owner.send('POST', '/v2/resource_groups', { name: 'second' });
  const grantBy = async (
    who: Caller,
    iamId: string,
    role: string,
    service: string,
    on: Readonly<Record<string, string>> = {},
  ) => {
    const { status, body } = await who.send('POST', '/v1/policies', {
      type: 'access',
      subjects: [{ attributes: attributes({ iam_id: iamId }) }],
      roles: [{ role_id: roleCrn(role) }],
      resources: [{ attributes: attributes({ serviceName: service, accountId: who.accountId, ...on }) }],
    });
    if (status !== 201) throw new Error(`no policy: ${status} ${JSON.stringify(body)}`);
    return body.id;
  };
  for (const service of ['kms', 'hs-crypto', 'containers-kubernetes']) {
    await grantBy(owner, alice.iamId, 'Administrator', service);
    await grantBy(owner, alice.iamId, 'Manager', service);
    await grantBy(owner, vic.iamId, 'Viewer', service);
  }
  const kpA = await addKeys(alice, await addInstance(alice, 'kp-A', account.resourceGroupId));
  const hpId = await addInstance(alice, 'hp-A', account.resourceGroupId, HP_PLAN);
  // Its customer has to initialise it in hardware, before it holds keys; a key of the server stands in for that.
  const sealed_key = server.kms.material.createInstanceKey(account.accountId, hpId);
  await store.change(['keys'], (tx) => tx.updateTable('instances').set({ sealed_key }).where('guid', '=', hpId).execute());
  const grant: TwoAccounts['grant'] = (iamId, role, service, on) => grantBy(alice, iamId, role, service, on);

  return {
    clusters,
    A: { id: account.accountId, group: account.resourceGroupId, secondGroup: second.id },
    B: { id: B.id, group: B.resource_group_id },
    owner,
    alice,
    vic,
    bob,
    kpA,
    hpA: await addKeys(alice, hpId),
    kpB: await addKeys(bob, await addInstance(bob, 'kp-B', B.resource_group_id)),
    grant,
    async addUser(name, ...roles) {
      const user = await userOf(account.accountId, name);
      for (const role of roles) {
        const [roleName = '', service = ''] = role.split(' ');
        await grant(user.iamId, roleName, service);
      }
      return user;
    },
    logIn: (iamId, name, apiKey) => caller(http, { iamId, name, email: '', accountId: account.accountId }, apiKey),
    async authorize(by, sourceAccount) {
      const { status, body } = await by.send('POST', '/v1/policies', {
        type: 'authorization',
        subjects: [{ attributes: attributes({ serviceName: 'containers-kubernetes', accountId: sourceAccount }) }],
        roles: [{ role_id: roleCrn('Reader') }],
        resources: [{ attributes: attributes({ serviceName: 'kms', accountId: by.accountId }) }],
      });
      if (status !== 201) throw new Error(`no authorization: ${status} ${JSON.stringify(body)}`);
      return body.id;
    },
    async addCluster(who, name, group = '') {
      const { status, body } = await who.send('POST', '/v1/clusters', { name }, { 'x-auth-resource-group': group });
      if (status !== 201) throw new Error(`no cluster: ${status} ${JSON.stringify(body)}`);
      await clusters.hosted.pass();
      return body.id;
    },
    enable: (who, cluster, instance_id, crk_id, more = {}) =>
      who.send('POST', '/v2/enableKMS', { cluster, instance_id, crk_id, ...more }),
    async [Symbol.asyncDispose]() {
      await http.close();
      await clusters[Symbol.asyncDispose]();
    },
  };
}

type Person = Pick<Caller, 'iamId' | 'name' | 'email' | 'accountId'>;

const emailOf = (name: string) => `${name}@example.com`;

/** Invites somebody to the account of `by`; what to accept with. */
async function invite(by: Caller, name: string): Promise<string> {
  const { status, body } = await by.send('POST', `/v2/accounts/${by.accountId}/users`, { users: [{ email: emailOf(name) }] });
  if (status !== 202) throw new Error(`not invited: ${status} ${JSON.stringify(body)}`);
  return body.resources[0]?.invitation.token ?? '';
}

/** A new person accepts, sets a password and logs in by it. */
async function acceptInvitation(http: FastifyInstance, token: string, name: string): Promise<Caller> {
  const payload = { token, password: PASSWORD, name };
  const accepted = await http.inject({ method: 'POST', url: '/v1/invitations/accept', payload });
  if (accepted.statusCode !== 200) throw new Error(`not accepted: ${accepted.statusCode} ${accepted.body}`);
  const { account_id: accountId, iam_id: iamId, email } = accepted.json<{ account_id: string; iam_id: string; email: string }>();
  const fields = { grant_type: PASSWORD_GRANT, username: email, password: PASSWORD, account: accountId };
  return callerByToken(http, { iamId, name, email, accountId }, await logIn(http, fields));
}

async function logIn(http: FastifyInstance, fields: Record<string, string>): Promise<string> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization: 'Basic Yng6Yng=' };
  const reply = await http.inject({
    method: 'POST',
    url: '/identity/token',
    payload: new URLSearchParams(fields).toString(),
    headers,
  });
  if (reply.statusCode !== 200) throw new Error(`not logged in: ${reply.statusCode} ${reply.body}`);
  return reply.json<{ access_token: string }>().access_token;
}

async function caller(http: FastifyInstance, person: Person, apikey: string): Promise<Caller> {
  return callerByToken(http, person, await logIn(http, { grant_type: API_KEY_GRANT, apikey }));
}

function callerByToken(http: FastifyInstance, person: Person, token: string): Caller {
  return {
    ...person,
    async send(method, url, body, headers = {}) {
      const reply = await http.inject({
        method,
        url,
        headers: { authorization: `Bearer ${token}`, ...headers },
        ...(body && { payload: body }),
      });
      const answered: unknown = reply.body === '' ? {} : reply.json();
      return { status: reply.statusCode, body: answered as ReplyBody, list: Array.isArray(answered) ? answered : [] };
    },
  };
}

async function addInstance(who: Caller, name: string, group: string, plan = KP_PLAN): Promise<string> {
  const body = { name, target: 'us-south', resource_group: group, resource_plan_id: plan };
  const made = await who.send('POST', '/v2/resource_instances', body);
  if (made.status !== 201) throw new Error(`no instance: ${made.status} ${JSON.stringify(made.body)}`);
  return made.body.guid;
}

async function addKeys(who: Caller, id: string): Promise<Kms> {
  const key = (called: string, extractable = false) => addKey(who, id, called, extractable);
  return { id, R1: await key('R1'), R2: await key('R2'), R3: await key('R3'), S1: await key('S1', true) };
}

/** Creates a key; its id. Throws with the status where it is refused. */
export async function addKey(who: Caller, instance: string, name: string, extractable = false): Promise<string> {
  const made = await tryKey(who, instance, name, extractable);
  if (made.status !== 201) throw new Error(`no key: ${made.status} ${JSON.stringify(made.body)}`);
  return made.body.resources[0]?.id ?? '';
}

export function tryKey(who: Caller, instance: string, name: string, extractable = false): Promise<Reply> {
  const type = 'application/vnd.ibm.kms.key+json';
  const body = { metadata: { collectionType: type, collectionTotal: 1 }, resources: [{ type, name, extractable }] };
  return who.send('POST', '/api/v2/keys', body, { 'bluemix-instance': instance });
}
