import { createHmac } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ASSUME_GRANT, PASSCODE_GRANT } from '../../../src/contract/tokens/grant.ts';
import { createProfile } from '../../../src/contract/trusted-profiles/create.ts';
import { createClaimRule } from '../../../src/contract/trusted-profiles/create-rule.ts';
import { deleteClaimRule } from '../../../src/contract/trusted-profiles/delete-rule.ts';
import { createBrowser, type Visited } from './browser.ts';
import { type CraftedProvider, newKey, type SigningKey, sign, startCraftedProvider } from './crafted-provider.ts';
import { CLIENT, complaintOn, invite, loginRecords, openScene, PROVIDER, passcodeOn, type Scene } from './scene.ts';

// A provider that lies, in a process of nobody's: what a real one never sends.

let scene: Scene;
let provider: CraftedProvider;
let honest: SigningKey;

beforeAll(async () => {
  provider = await startCraftedProvider();
  honest = provider.key;
  const own = { ...PROVIDER, label: 'Corp', issuer: provider.issuer };
  scene = await openScene(async () => [
    { ...own, name: 'corp' },
    { ...own, name: 'other' },
  ]);
  await invite(scene.server, 'ada@example.com');
  expect((await logIn()).status).toBe(200);
});
afterAll(async () => {
  await scene?.[Symbol.asyncDispose]();
  await provider?.[Symbol.asyncDispose]();
});
beforeEach(() => {
  provider.key = honest;
  provider.answer = (claims) => sign(claims, provider.key);
  provider.trouble = undefined;
  provider.userinfo = {};
});

async function logIn(change: Readonly<Record<string, string | undefined>> = {}, name = 'corp'): Promise<Visited> {
  const browser = createBrowser();
  const begun = await browser.open(`${scene.url}/identity/authorize?provider=${name}`);
  if (begun.location === undefined) return begun;
  const asked = new URL(begun.location).searchParams;
  provider.nonce = asked.get('nonce') ?? '';
  const back = { code: 'code', state: asked.get('state') ?? '', ...change };
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(back)) if (value !== undefined) query.set(key, value);
  return await browser.open(`${scene.url}/identity/callback/${name}?${query.toString()}`);
}

const header = (fields: object): string => Buffer.from(JSON.stringify(fields)).toString('base64url');
const without =
  (...names: readonly string[]) =>
  (claims: JWTPayload): JWTPayload =>
    Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name)));
const unsigned = (claims: JWTPayload, alg: string): string => `${header({ alg })}.${header(claims)}`;

async function expectRefused(page: Visited): Promise<void> {
  expect([page.status, complaintOn(page)]).toEqual([
    401,
    expect.stringMatching(/^(What the identity provider answered|The identity provider)/),
  ]);
  expect(page.body).not.toContain('class="passcode"');
  expect((await loginRecords(scene))[0]).toMatchObject({ outcome: 'failure', reason: { reasonCode: 401 } });
}

describe('an ID token is refused', () => {
  const now = (): number => Math.floor(Date.now() / 1000);
  it.each<[string, (claims: JWTPayload) => JWTPayload]>([
    ['of another login (nonce)', (claims) => ({ ...claims, nonce: 'another' })],
    ['of no login', without('nonce')],
    ['for somebody else (audience)', (claims) => ({ ...claims, aud: 'another client' })],
    [
      'for us and somebody else, who has asked for it',
      (claims) => ({ ...claims, aud: [CLIENT.clientId, 'other'], azp: 'other' }),
    ],
    ['of another issuer', (claims) => ({ ...claims, iss: 'https://id.example.com' })],
    ['that has expired', (claims) => ({ ...claims, iat: now() - 600, exp: now() - 60 })],
    ['that does not expire', without('exp')],
    ['that is not good yet', (claims) => ({ ...claims, nbf: now() + 600 })],
    ['of nobody', without('sub')],
    ['of somebody without a name', (claims) => ({ ...claims, sub: '' })],
    ['of a subject that no store can hold', (claims) => ({ ...claims, sub: 'a\0da' })],
  ])('%s', async (_title, change) => {
    provider.answer = (claims) => sign(change(claims), provider.key);
    await expectRefused(await logIn());
  });

  it('without a signature, whatever the provider announces', async () => {
    provider.answer = (claims) => `${unsigned(claims, 'none')}.`;
    await expectRefused(await logIn());
    provider.answer = async (claims) => (await sign(claims, provider.key)).replace(/[^.]*$/, '');
    await expectRefused(await logIn());
  });

  it('signed by a shared secret: neither ours nor the public key is one', async () => {
    for (const secret of [CLIENT.clientSecret, JSON.stringify(honest.jwk), String(honest.jwk.n)]) {
      provider.answer = (claims) => {
        const content = unsigned(claims, 'HS256');
        return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
      };
      await expectRefused(await logIn());
    }
  });

  it('signed with a key that the provider does not publish, also one that the token brings along', async () => {
    const strange = await newKey('first');
    provider.answer = (claims) => sign(claims, strange);
    await expectRefused(await logIn());
    provider.answer = (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'first', jwk: strange.jwk as never }).sign(strange.privateKey);
    await expectRefused(await logIn());
  });

  it('that was changed after it was signed', async () => {
    provider.answer = async (claims) => {
      const [head, , signature] = (await sign(claims, provider.key)).split('.');
      return `${head}.${header({ ...claims, sub: 'eve' })}.${signature}`;
    };
    await expectRefused(await logIn());
  });

  it('that is none, or is not there', async () => {
    for (const token of ['', 'a.b.c', 'x']) {
      provider.answer = () => token;
      await expectRefused(await logIn());
    }
  });
});

describe('what the browser brings back is refused', () => {
  it.each<[string, Record<string, string | undefined>]>([
    ['without a state', { state: undefined }],
    ['with an empty state', { state: '' }],
    ['with another state', { state: 'another' }],
  ])('%s, before the provider is asked', async (_title, change) => {
    const before = provider.asked['/token'];
    const page = await logIn(change);
    expect([page.status, complaintOn(page)]).toEqual([401, expect.stringContaining('belongs to another login')]);
    expect(provider.asked['/token']).toBe(before);
  });

  it('without a code, or as the answer of another issuer (mix-up)', async () => {
    await expectRefused(await logIn({ code: undefined }));
    await expectRefused(await logIn({ iss: 'https://id.example.com' }));
  });

  it('to the address of another provider than the one that was chosen', async () => {
    const browser = createBrowser();
    const begun = await browser.open(`${scene.url}/identity/authorize?provider=corp`);
    const state = new URL(begun.location ?? '').searchParams.get('state') ?? '';
    const page = await browser.open(`${scene.url}/identity/callback/other?code=code&state=${state}`);
    expect([page.status, complaintOn(page)]).toEqual([401, expect.stringMatching(/^No login by this provider is under way/)]);
  });

  it('with a cookie that is not ours', async () => {
    for (const value of ['', 'x', 'A'.repeat(300), '%']) {
      const response = await fetch(`${scene.url}/identity/callback/corp?code=code&state=state`, {
        headers: { cookie: `rootward-login=${value}` },
      });
      expect(response.status).toBe(401);
    }
  });
});

it('the same subject at another provider is another person', async () => {
  const page = await logIn({}, 'other');
  expect([page.status, complaintOn(page)]).toEqual([403, 'Corp knows ada@example.com, who is no user of an account here.']);
});

it('an address that the ID token leaves out is taken from the userinfo of the same subject only', async () => {
  await invite(scene.server, 'bob@example.com');
  const withoutAddress = without('email', 'email_verified');
  provider.answer = (claims) => sign({ ...withoutAddress(claims), sub: 'bob' }, provider.key);
  provider.userinfo = { sub: 'ada', email: 'bob@example.com', email_verified: true };
  await expectRefused(await logIn());
  provider.userinfo = { sub: 'bob', email: 'bob@example.com' };
  expect((await logIn()).status).toBe(403);
  provider.userinfo = { sub: 'bob', email: 'bob@example.com', email_verified: true };
  expect((await logIn()).status).toBe(200);
});

it('a provider that changes its signing key is followed', async () => {
  scene.server.clock.advance(2 * 3_600_000);
  const next = await newKey('second');
  provider.published = [honest, next];
  provider.key = next;
  expect((await logIn()).status).toBe(200);
});

describe('a trusted profile with a claim rule', () => {
  let profile: { readonly id: string; readonly iam_id: string };
  let rule: string;
  // The one from the start is over by now.
  const ownerToken = () => scene.server.logIn(scene.server.ownerApiKey);
  beforeAll(async () => {
    const { server } = scene;
    const owner = await ownerToken();
    profile = (await server.call(createProfile, owner, { body: { name: 'operators' } })).output;
    const conditions = [{ claim: 'groups', operator: 'CONTAINS' as const, value: '"operators"' }];
    const body = { type: 'Profile-SAML' as const, realm_name: provider.issuer, expiration: 1800, conditions };
    rule = (await server.call(createClaimRule, owner, { params: { id: profile.id }, body })).output.id;
  });

  async function token(fields: Record<string, string>): Promise<{ status: number; access_token: string }> {
    const response = await fetch(`${scene.url}/identity/token`, { method: 'POST', body: new URLSearchParams(fields) });
    const { access_token = '' } = (await response.json()) as { access_token?: string };
    return { status: response.status, access_token };
  }
  async function logInSaying(said: JWTPayload): Promise<string> {
    provider.answer = (claims) => sign({ ...claims, ...said }, provider.key);
    return (await token({ grant_type: PASSCODE_GRANT, passcode: passcodeOn(await logIn()) })).access_token;
  }
  const assume = (access_token: string) => token({ grant_type: ASSUME_GRANT, access_token, profile_id: profile.id });
  const isUsable = async ({ access_token }: { access_token: string }): Promise<boolean> =>
    (await Promise.resolve(scene.server.authenticate(access_token)).then(
      ({ iamId }) => iamId,
      () => '',
    )) === profile.iam_id;

  it('is acted as by whose login said what the rule asks for, and by nobody else', async () => {
    const acting = await assume(await logInSaying({ groups: ['staff', 'operators'] }));
    expect([acting.status, await isUsable(acting)]).toEqual([200, true]);
    expect((await assume(await logInSaying({ groups: ['staff'] }))).status).toBe(403);
    expect((await assume(await logInSaying({}))).status).toBe(403);
    expect((await assume(await ownerToken())).status).toBe(403);
  });

  it('for as long as the rule says after the login', async () => {
    const login = await logInSaying({ groups: ['operators'] });
    scene.server.clock.advance(1_000_000);
    const acting = await assume(login);
    expect([acting.status, await isUsable(acting)]).toEqual([200, true]);
    scene.server.clock.advance(800_000);
    expect([(await assume(login)).status, await isUsable(acting)]).toEqual([403, false]);
  });

  it('and no longer than there is the rule', async () => {
    const acting = await assume(await logInSaying({ groups: ['operators'] }));
    expect(await isUsable(acting)).toBe(true);
    await scene.server.call(deleteClaimRule, await ownerToken(), { params: { id: profile.id, rule_id: rule } });
    expect(await isUsable(acting)).toBe(false);
  });
});

describe('a provider in trouble', () => {
  it.each(['silence', 500] as const)(
    '(%s) is said so at once, and the login can be finished when it is back',
    async (trouble) => {
      const browser = createBrowser();
      const begun = await browser.open(`${scene.url}/identity/authorize?provider=corp`);
      const asked = new URL(begun.location ?? '').searchParams;
      provider.nonce = asked.get('nonce') ?? '';
      const back = `${scene.url}/identity/callback/corp?code=code&state=${asked.get('state')}`;
      provider.trouble = trouble;
      const started = performance.now();
      const page = await browser.open(back);
      expect([page.status, complaintOn(page)]).toEqual([503, 'The identity provider does not answer as it should. Try again.']);
      expect(performance.now() - started).toBeLessThan(5000);
      provider.trouble = undefined;
      expect((await browser.open(back)).status).toBe(200);
    },
  );

  it('is asked anew for what it says of itself, once the answer is an hour old or was none', async () => {
    scene.server.clock.advance(3_600_001);
    provider.trouble = 500;
    const [one, two] = await Promise.all([logIn(), logIn()]);
    expect([one.status, two.status]).toEqual([503, 503]);
    provider.trouble = undefined;
    const path = '/.well-known/openid-configuration';
    const before = provider.asked[path] ?? 0;
    expect([(await logIn()).status, (await logIn()).status]).toEqual([200, 200]);
    expect(provider.asked[path]).toBe(before + 1);
  });
});
