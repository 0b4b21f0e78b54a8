import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientsAreMissing, loadCore } from '../published-clients.ts';
import { methodOf, publishedClient } from './clients.ts';
import type { Scene } from './scene.ts';
import { type StartedScene, startScene } from './start-scene.ts';

const CONTROLLER = publishedClient('resource-controller/v2');
const DELEGATED_GRANT = 'urn:ibm:params:oauth:grant-type:delegated-refresh-token';

let started: StartedScene;
let scene: Scene;

interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly delegated_refresh_token: string;
  readonly errorCode: string;
}

/** One request to the token service, by a client that has an id and a secret. */
async function ask(fields: Readonly<Record<string, string>>, by = 'bx:bx'): Promise<{ status: number; body: TokenAnswer }> {
  const response = await fetch(`${scene.url}/identity/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(by).toString('base64')}` },
    body: new URLSearchParams(fields),
  });
  return { status: response.status, body: (await response.json()) as TokenAnswer };
}
const claimsOf = (token: string): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Readonly<Record<string, unknown>>;

/** What a client that logs in that way is told of the instance of the scene. */
const readInstance = async (authenticator: object): Promise<{ status: number; guid: string }> => {
  const client = CONTROLLER.openWith(authenticator, scene.url);
  const { status, result } = await methodOf(client, 'getResourceInstance')({ id: scene.instance.guid });
  return { status, guid: (result as { guid: string }).guid };
};

/** A trusted profile that the owner may act as; with a role it may see the instance. */
async function newProfile(role?: string): Promise<{ id: string; crn: string; name: string; iamId: string }> {
  const { id, crn, name, iam_id: iamId } = await scene.prepare('POST', '/v1/profiles', { name: scene.newName('acting') });
  const identity = { type: 'user', identifier: scene.iamId, accounts: [scene.accountId] };
  await scene.prepare('POST', `/v1/profiles/${id}/identities/user`, identity);
  if (role !== undefined) {
    await scene.prepare('POST', '/v1/policies', {
      type: 'access',
      subjects: [{ attributes: [{ name: 'iam_id', value: iamId }] }],
      roles: [{ role_id: `crn:v1:bluemix:public:iam::::role:${role}` }],
      resources: [
        {
          attributes: [
            { name: 'serviceName', value: 'kms' },
            { name: 'accountId', value: scene.accountId },
          ],
        },
      ],
    });
  }
  return { id, crn, name: String(name), iamId };
}

describe.skipIf(clientsAreMissing)('the published authenticators', () => {
  beforeAll(async () => {
    started = await startScene();
    scene = started.scene;
  });
  afterAll(async () => {
    await started?.[Symbol.asyncDispose]();
  });

  it('IamAuthenticator logs a client in by URL and API key', async () => {
    const authenticator = new (loadCore(5).IamAuthenticator)({ apikey: scene.apiKey, url: scene.url });
    expect(await readInstance(authenticator)).toEqual({ status: 200, guid: scene.instance.guid });
  });

  it('IamAuthenticator says of a wrong key what the token service says', async () => {
    const authenticator = new (loadCore(5).IamAuthenticator)({ apikey: 'no-such-key', url: scene.url });
    await expect(readInstance(authenticator)).rejects.toMatchObject({
      status: 400,
      message: 'Provided API key could not be found.',
    });
  });

  it('IamAuthenticator keeps one token, and fetches another when that has ended', async () => {
    const { IamTokenManager } = loadCore(5);
    const manager = new IamTokenManager({ apikey: scene.apiKey, url: scene.url });
    const [first, besides] = await Promise.all([manager.getToken(), manager.getToken()]);
    expect(besides).toBe(first);
    expect(await manager.getToken()).toBe(first);
    // The clock of the client is the one thing that says so; its own field stands in for an hour.
    Object.assign(manager, { expireTime: Math.floor(Date.now() / 1000) - 1 });
    const second = await manager.getToken();
    expect(second).not.toBe(first);
    expect(await readInstance(new (loadCore(5).BearerTokenAuthenticator)({ bearerToken: second }))).toMatchObject({
      status: 200,
    });
  });

  it('BearerTokenAuthenticator brings a token of its own, and a wrong one is refused', async () => {
    const { BearerTokenAuthenticator } = loadCore(5);
    expect(await readInstance(new BearerTokenAuthenticator({ bearerToken: scene.api.token }))).toMatchObject({ status: 200 });
    const refused = readInstance(new BearerTokenAuthenticator({ bearerToken: `${scene.api.token}x` }));
    await expect(refused).rejects.toMatchObject({ status: 401 });
  });

  it.each(['iamProfileId', 'iamProfileCrn', 'iamProfileName'] as const)(
    'IamAssumeAuthenticator acts as a trusted profile by %s, with the rights of that alone',
    async (by) => {
      const { IamAssumeAuthenticator } = loadCore(5);
      const named = ({ id, crn, name }: Awaited<ReturnType<typeof newProfile>>) =>
        ({
          iamProfileId: { iamProfileId: id },
          iamProfileCrn: { iamProfileCrn: crn },
          iamProfileName: { iamProfileName: name, iamAccountId: scene.accountId },
        })[by];
      const base = { apikey: scene.apiKey, url: scene.url };
      const viewer = await newProfile('Viewer');
      const authenticator = new IamAssumeAuthenticator({ ...base, ...named(viewer) });
      expect(await readInstance(authenticator)).toMatchObject({ status: 200 });
      const request = { headers: {} as Record<string, string> };
      await authenticator.authenticate(request);
      expect(claimsOf(request.headers.Authorization ?? '')).toMatchObject({ iam_id: viewer.iamId });

      const poor = new IamAssumeAuthenticator({ ...base, ...named(await newProfile()) });
      await expect(readInstance(poor)).rejects.toMatchObject({ status: 403 });
    },
  );

  it('IamAssumeAuthenticator is refused a profile that nobody lets it act as', async () => {
    const { id } = await scene.prepare('POST', '/v1/profiles', { name: scene.newName('closed') });
    const options = { apikey: scene.apiKey, url: scene.url, iamProfileId: id };
    const refused = readInstance(new (loadCore(5).IamAssumeAuthenticator)(options));
    await expect(refused).rejects.toMatchObject({ status: 403 });
  });

  it('a refresh token gives another one, and an old one ends the session', async () => {
    const refresh = (refresh_token: string) => ask({ grant_type: 'refresh_token', refresh_token });
    const first = (await ask({ grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey: scene.apiKey })).body;
    const second = await refresh(first.refresh_token);
    const third = await refresh(second.body.refresh_token);
    expect([second.status, third.status]).toEqual([200, 200]);
    expect(new Set([first, second.body, third.body].map((one) => one.refresh_token)).size).toBe(3);
    const brought = new (loadCore(5).BearerTokenAuthenticator)({ bearerToken: third.body.access_token });
    expect(await readInstance(brought)).toMatchObject({ status: 200 });
    const ended = { status: 401, body: { errorCode: 'BXNIM0407E' } };
    expect(await refresh(first.refresh_token)).toMatchObject(ended);
    expect(await refresh(third.body.refresh_token)).toMatchObject(ended);
    await expect(readInstance(brought)).rejects.toMatchObject({ status: 401 });
  });

  it('a delegated refresh token is for the client that it names, and for no other', async () => {
    const { status, body } = await ask({
      grant_type: 'urn:ibm:params:oauth:grant-type:apikey',
      apikey: scene.apiKey,
      response_type: 'delegated_refresh_token',
      receiver_client_ids: 'kube',
      delegated_refresh_token_expiry: '600',
    });
    expect(status).toBe(200);
    const delegated = { grant_type: DELEGATED_GRANT, delegated_refresh_token: body.delegated_refresh_token };
    expect(await ask(delegated, 'bx:bx')).toMatchObject({ status: 401, body: { errorCode: 'BXNIM0407E' } });
    const used = await ask(delegated, 'kube:kube');
    expect(used.status).toBe(200);
    expect(claimsOf(used.body.access_token)).toMatchObject({ iam_id: scene.iamId });
  });
});
