import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPolicy } from '../../../src/contract/policies/create.ts';
import { API_KEY_GRANT, PASSCODE_GRANT } from '../../../src/contract/tokens/grant.ts';
import { hashPassword } from '../../../src/server/iam/people/password-hash.ts';
import { accountsOfPerson } from '../../../src/store/iam/federated-people.ts';
import { findPersonBySubject, insertPerson } from '../../../src/store/iam/people.ts';
import { policiesOfSubject } from '../../../src/store/iam/policies.ts';
import { changeUserState, findUser, insertUser, removeUser, shutOutUser } from '../../../src/store/iam/users.ts';
import { type Browser, createBrowser, logInAtProvider, type Visited } from './browser.ts';
import { providerIsMissing, startProvider } from './provider-package.ts';
import { CLIENT, complaintOn, invite, localPerson, loginRecords, openScene, PROVIDER, passcodeOn, type Scene } from './scene.ts';

const verified = (name: string) => ({ name, email: `${name}@example.com`, email_verified: true });
const PEOPLE = {
  ada: { name: 'Ada Lovelace', email: 'Ada@Example.com', email_verified: true },
  bob: { ...verified('bob'), email_verified: false },
  eve: verified('eve'),
  dan: verified('dan'),
  kim: verified('kim'),
  tom: { ...verified('tom'), email: 'tom@example.com' },
  mallory: { ...verified('mallory'), email: '\u212Aim@example.com' },
};

let scene: Scene;
let provider: Awaited<ReturnType<typeof startProvider>>;

const begin = (browser: Browser, query = '') => browser.open(`${scene.url}/identity/authorize?provider=corp${query}`);

/** The address with which the provider sends the browser back. */
async function throughProvider(browser: Browser, person: string, query = ''): Promise<string> {
  const begun = await begin(browser, query);
  expect([begun.status, begun.body]).toEqual([303, '']);
  return await logInAtProvider(browser, begun.location ?? '', person);
}

async function logIn(person: string, query = '', browser = createBrowser()): Promise<Visited> {
  return await browser.open(await throughProvider(browser, person, query));
}

async function exchange(passcode: string): Promise<{ status: number; body: Record<string, string> }> {
  const response = await fetch(`${scene.url}/identity/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: PASSCODE_GRANT, passcode }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

const claimsOf = (token = ''): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;

describe.skipIf(providerIsMissing)('a login by a real OpenID provider (npm ci --prefix test/conformance)', () => {
  beforeAll(async () => {
    scene = await openScene(async (url) => {
      const redirectUri = `${url}/identity/callback/corp`;
      provider = await startProvider({ ...CLIENT, people: PEOPLE, redirectUri });
      return [{ ...PROVIDER, name: 'corp', label: 'Corp <SSO>', issuer: provider.said.issuer }];
    });
  });
  afterAll(async () => {
    await provider?.end('SIGTERM');
    await scene?.[Symbol.asyncDispose]();
  });

  describe('of somebody who was invited', () => {
    let iamId: string;
    beforeAll(async () => {
      iamId = await invite(scene.server, 'ada@example.com');
    });

    it('makes a user, whose id is the one that was invited, and is on record in the account', async () => {
      const page = await logIn('ada');
      expect([page.status, passcodeOn(page)]).toEqual([200, expect.stringMatching(/^[0-9A-Z]{5}(-[0-9A-Z]{5}){3}$/)]);
      expect(page.body).toContain('as Ada Lovelace in the account Rootward');
      const { accountId } = scene.server.account;
      expect(await findUser(scene.server.store.db, accountId, iamId)).toMatchObject({ state: 'ACTIVE', realm: 'corp' });
      const [record] = await loginRecords(scene);
      expect(record).toMatchObject({
        outcome: 'success',
        initiator: { id: iamId, name: 'ada@example.com', credential: { type: 'user' } },
        requestData: { provider: 'corp', invitationId: [expect.any(String)] },
        responseData: { iamId, accountId },
      });
      expect(record?.logSourceCRN).toContain(accountId);
      expect(JSON.stringify(record)).not.toContain(passcodeOn(page));
    });

    it('ends with a passcode that gives a token of that person, once', async () => {
      const passcode = passcodeOn(await logIn('ada'));
      const { status, body } = await exchange(passcode.toLowerCase());
      expect([status, claimsOf(body.access_token)]).toMatchObject([
        200,
        { iam_id: iamId, account: { bss: scene.server.account.accountId } },
      ]);
      const token = { authorization: `Bearer ${body.access_token}` };
      expect((await fetch(`${scene.url}/v2/resource_groups`, { headers: token })).status).not.toBe(401);
      expect((await exchange(passcode)).status).toBe(400);
    });

    it('is the same person the next time, by subject and without an invitation', async () => {
      const page = await logIn('ada');
      expect(claimsOf((await exchange(passcodeOn(page))).body.access_token).iam_id).toBe(iamId);
    });

    it('can end in the console, with a one-time code behind the # of an address of ours', async () => {
      const page = await logIn('ada', '&return_to=console');
      expect([page.status, page.body]).toEqual([303, '']);
      const at = new URL(page.location ?? '');
      expect([at.origin, at.pathname, at.search]).toEqual([scene.url, '/console/', '']);
      expect((await exchange(at.hash.replace('#login=', ''))).status).toBe(200);
    });

    it('is refused while the user is disabled, and its passcode and sessions end', async () => {
      const { server } = scene;
      const { accountId } = server.account;
      const passcode = passcodeOn(await logIn('ada'));
      const who = { account_id: accountId, iam_id: iamId };
      await server.store.change(['iam'], async (tx) => {
        await changeUserState(tx, who, 'ACTIVE', 'DISABLED');
        await shutOutUser(tx, who, (tag) => tag, server.clock.now());
      });
      expect((await exchange(passcode)).status).toBe(400);
      const page = await logIn('ada');
      expect([page.status, complaintOn(page)]).toEqual([403, 'The user ada@example.com is disabled.']);
      const [record] = await loginRecords(scene);
      expect(record).toMatchObject({ outcome: 'failure', reason: { reasonForFailure: 'The user ada@example.com is disabled.' } });
      await server.store.change(['iam'], (tx) => changeUserState(tx, who, 'DISABLED', 'ACTIVE'));
      expect((await logIn('ada')).status).toBe(200);
    });
  });

  describe('that is refused', () => {
    it('of somebody whom nobody has invited', async () => {
      const page = await logIn('eve');
      expect([page.status, complaintOn(page)]).toEqual([
        403,
        'Corp &lt;SSO&gt; knows eve@example.com, who is no user of an account here.',
      ]);
      expect((await loginRecords(scene))[0]).toMatchObject({ outcome: 'failure', reason: { reasonCode: 403 } });
      expect(await findPersonBySubject(scene.server.store.db, 'corp', 'eve')).toBeUndefined();
    });

    it('of somebody who was invited by an address that the provider does not say is verified', async () => {
      const iamId = await invite(scene.server, 'bob@example.com');
      const page = await logIn('bob');
      expect([page.status, page.body]).toEqual([403, expect.stringContaining('says that the e-mail address is verified')]);
      expect(await findUser(scene.server.store.db, scene.server.account.accountId, iamId)).toMatchObject({ state: 'PENDING' });
    });

    it('of somebody whose address becomes that of an invited one only in small letters', async () => {
      await invite(scene.server, 'kim@example.com');
      expect((await logIn('mallory')).status).toBe(403);
      expect((await logIn('kim')).status).toBe(200);
    });

    it('of somebody with the address of a person who has a password here, invited or not', async () => {
      const { server } = scene;
      const { accountId } = server.account;
      const dan = localPerson(server, 'dan@example.com', await hashPassword('a password of his own', server.iam.randomBytes));
      await server.store.change(['iam'], async (tx) => {
        await insertPerson(tx, { ...dan, created_at: 1 });
        await insertUser(tx, { account_id: accountId, iam_id: dan.iam_id, state: 'ACTIVE', added_at: 1, added_by: 'test' });
      });
      expect((await logIn('dan')).status).toBe(403);
      const other = await server.addAccount();
      await invite(server, 'dan@example.com', other);
      expect((await logIn('dan')).status).toBe(403);
      expect(await findUser(server.store.db, accountId, dan.iam_id)).toMatchObject({ state: 'ACTIVE', realm: 'IBMid' });
    });

    it('where the state is not that of this login, which can then still be finished', async () => {
      const browser = createBrowser();
      const back = new URL(await throughProvider(browser, 'ada'));
      const { state } = Object.fromEntries(back.searchParams);
      back.searchParams.set('state', 'x'.repeat(state?.length ?? 0));
      const wrong = await browser.open(back.href);
      expect([wrong.status, complaintOn(wrong)]).toEqual([
        401,
        'What the identity provider sent back belongs to another login. Begin it again.',
      ]);
      back.searchParams.set('state', state ?? '');
      expect((await browser.open(back.href)).status).toBe(200);
    });

    it('in another browser than that in which it was begun', async () => {
      const back = await throughProvider(createBrowser(), 'ada');
      const page = await createBrowser().open(back);
      expect([page.status, complaintOn(page)]).toEqual([401, expect.stringMatching(/^No login by this provider is under way/)]);
      const other = createBrowser();
      await begin(other);
      expect((await other.open(back)).status).toBe(401);
      expect((await loginRecords(scene))[0]).toMatchObject({ outcome: 'failure', reason: { reasonCode: 401 } });
    });

    it('the second time: neither the address nor the cookie is good twice', async () => {
      const browser = createBrowser();
      const back = await throughProvider(browser, 'ada');
      const kept = new Map(browser.cookies);
      expect((await browser.open(back)).status).toBe(200);
      expect((await browser.open(back)).status).toBe(401);
      for (const [key, cookie] of kept) browser.cookies.set(key, cookie);
      const page = await browser.open(back);
      expect([page.status, complaintOn(page)]).toEqual([401, 'This login was finished before. Begin it again.']);
    });

    it('after five minutes', async () => {
      const browser = createBrowser();
      const back = await throughProvider(browser, 'ada');
      scene.server.clock.advance(5 * 60_000);
      expect((await browser.open(back)).status).toBe(401);
    });

    it('where the provider refuses it, in our words and not in those of the address', async () => {
      for (const [error, said] of [
        ['access_denied', 'The identity provider refused the login (access_denied).'],
        ['<b>you won</b>', 'The identity provider refused the login.'],
      ] as const) {
        const browser = createBrowser();
        const state = new URL((await begin(browser)).location ?? '').searchParams.get('state') ?? '';
        const query = new URLSearchParams({ error, error_description: 'call 555', state, iss: provider.said.issuer });
        const page = await browser.open(`${scene.url}/identity/callback/corp?${query.toString()}`);
        expect([page.status, complaintOn(page)]).toEqual([401, said]);
        expect(page.body).not.toMatch(/you won|555/);
      }
    });

    it('with a code that the provider did not issue', async () => {
      const browser = createBrowser();
      const state = new URL((await begin(browser)).location ?? '').searchParams.get('state') ?? '';
      const query = new URLSearchParams({ code: 'invented', state, iss: provider.said.issuer });
      const page = await browser.open(`${scene.url}/identity/callback/corp?${query.toString()}`);
      expect([page.status, complaintOn(page)]).toEqual([
        401,
        'The identity provider did not accept the code of this login (invalid_grant).',
      ]);
    });

    it('by a provider that there is not', async () => {
      const browser = createBrowser();
      for (const [name, status] of [
        ['other', 404],
        ['https%3A%2F%2Fevil.example', 400],
        ['', 400],
      ] as const)
        expect((await browser.open(`${scene.url}/identity/authorize?provider=${name}`)).status).toBe(status);
    });
  });

  it('brings who is known already into a further account, with the rights that were given to the invited one', async () => {
    const { server } = scene;
    await invite(server, 'tom@example.com');
    const first = claimsOf((await exchange(passcodeOn(await logIn('tom')))).body.access_token).iam_id as string;
    server.clock.advance(1000);
    const other = await server.addAccount();
    const invited = await invite(server, 'tom@example.com', other);
    expect(invited).not.toBe(first);
    await server.call(createPolicy, other.token, {
      body: {
        type: 'access',
        subjects: [{ attributes: [{ name: 'iam_id', value: invited }] }],
        roles: [{ role_id: 'crn:v1:bluemix:public:iam::::role:Viewer' }],
        resources: [
          {
            attributes: [
              { name: 'serviceName', value: 'kms' },
              { name: 'accountId', value: other.accountId },
            ],
          },
        ],
      },
    });
    const page = await logIn('tom');
    expect(page.body).toContain(`account=${other.accountId}`);
    const { db } = server.store;
    expect((await accountsOfPerson(db, first)).map(({ state }) => state)).toEqual(['ACTIVE', 'ACTIVE']);
    expect(await accountsOfPerson(db, invited)).toEqual([]);
    expect(await policiesOfSubject(db, other.accountId, invited)).toEqual([]);
    const [policy] = await policiesOfSubject(db, other.accountId, first);
    expect(policy?.document).toContain(first);

    const chosen = await logIn('tom', `&account=${other.accountId}`);
    const { account } = claimsOf((await exchange(passcodeOn(chosen))).body.access_token) as { account: { bss: string } };
    expect(account.bss).toBe(other.accountId);
    expect((await logIn('tom', '&account=0123456789abcdef0123456789abcdef')).status).toBe(403);
  });

  it('gives who was removed nothing back, until there is a new invitation', async () => {
    const { server } = scene;
    const { accountId } = server.account;
    const { iam_id: iamId } = (await findPersonBySubject(server.store.db, 'corp', 'kim')) ?? { iam_id: '' };
    await server.store.change(['iam'], (tx) => removeUser(tx, accountId, iamId, server.clock.now()));
    const page = await logIn('kim');
    expect([page.status, complaintOn(page)]).toEqual([403, 'kim@example.com is no active user of any account here.']);
    await invite(server, 'kim@example.com');
    expect((await logIn('kim')).status).toBe(200);
    expect(await findUser(server.store.db, accountId, iamId)).toMatchObject({ state: 'ACTIVE' });
  });

  describe('and its pages', () => {
    it('name the providers, take nothing from elsewhere, and let nobody frame or keep them', async () => {
      const page = await createBrowser().open(
        `${scene.url}/identity/passcode?return_to=https://evil.example/&account=%22%3E%3Cscript%3E`,
      );
      expect(page.status).toBe(200);
      expect(page.body).toContain('Continue with Corp &lt;SSO&gt;');
      expect(page.body).not.toMatch(/<script|<img|<link|@import|url\(|\bon\w+="|style="|evil/);
      const header = (name: string): string => page.headers.get(name) ?? '';
      expect(header('content-security-policy')).toMatch(
        /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/,
      );
      expect([header('cache-control'), header('referrer-policy'), header('x-content-type-options')]).toEqual([
        'no-store',
        'no-referrer',
        'nosniff',
      ]);
    });

    it('send the browser to the provider and back to where the settings say, whatever the request says', async () => {
      const response = await fetch(
        `${scene.url}/identity/authorize?provider=corp&return_to=//evil.example&redirect_uri=https://evil.example`,
        {
          redirect: 'manual',
          headers: { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' },
        },
      );
      const to = new URL(response.headers.get('location') ?? '');
      expect(to.origin).toBe(provider.said.issuer);
      expect(Object.fromEntries(to.searchParams)).toMatchObject({
        redirect_uri: `${scene.url}/identity/callback/corp`,
        response_type: 'code',
        scope: 'openid email profile',
        code_challenge_method: 'S256',
        code_challenge: expect.stringMatching(/^[\w-]{43}$/),
        nonce: expect.stringMatching(/^[\w-]{43}$/),
        state: expect.stringMatching(/^[\w-]{43}$/),
      });
      expect(response.headers.getSetCookie()).toEqual([
        expect.stringMatching(/^rootward-login=[\w-]+; Max-Age=300; Path=\/; HttpOnly; SameSite=Lax$/),
      ]);
      expect(await response.text()).toBe('');
    });

    it('take a password only by their own form', async () => {
      const browser = createBrowser();
      const form = `${scene.url}/identity/login/form`;
      const typed = { email: 'dan@example.com', password: 'a password of his own' };
      expect((await browser.open(form, typed)).status).toBe(401);
      const page = await browser.open(`${scene.url}/identity/passcode`);
      const token = /name="form" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
      expect((await createBrowser().open(form, { ...typed, form: token })).status).toBe(401);
      const wrong = await browser.open(form, { ...typed, password: 'wrong', form: token });
      expect([wrong.status, complaintOn(wrong)]).toEqual([401, 'The e-mail address or the password is wrong.']);
      const right = await browser.open(form, { ...typed, form: token });
      expect([right.status, (await exchange(passcodeOn(right))).status]).toEqual([200, 200]);
    });
  });

  it('says so where the provider is gone, and everything else goes on', async () => {
    const browser = createBrowser();
    const back = await throughProvider(browser, 'ada');
    await provider.end('SIGKILL');
    const page = await browser.open(back);
    expect([page.status, complaintOn(page)]).toEqual([503, 'The identity provider does not answer as it should. Try again.']);
    expect((await loginRecords(scene))[0]).toMatchObject({ outcome: 'failure', reason: { reasonCode: 503 } });
    const body = new URLSearchParams({ grant_type: API_KEY_GRANT, apikey: scene.server.ownerApiKey });
    expect((await fetch(`${scene.url}/identity/token`, { method: 'POST', body })).status).toBe(200);
  });
});
