/** Logging in on the command line, as people do: processes in a terminal, against a real server. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli as runHere } from '../../src/cli/run.ts';
import { captureIo } from '../../src/cli/testkit/captured-io.ts';
import { logIn } from '../process/api.ts';
import { type CliResult, runCli } from '../process/run-cli.ts';
import { type ServerProcess, startServerProcess } from '../process/server-process.ts';
import { runInTerminal, type Typed } from '../process/terminal.ts';

const PASSWORD = 'correct horse battery';
const NEW = 'staple battery horse';

let root: string;
let server: ServerProcess;
let ownerKey: string;
/** A file with `PASSWORD`. */
let password: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'rootward-login-'));
  server = await startServerProcess(join(root, 'data'));
  ownerKey = join(root, 'owner-key');
  writeFileSync(ownerKey, server.said.apiKey);
  password = join(root, 'password');
  writeFileSync(password, `${PASSWORD}\n`);
});
afterAll(async () => {
  await server.end('SIGTERM');
  rmSync(root, { recursive: true });
});

/** Somebody's own machine: what he is logged in by is kept below his home. */
const home = (who: string) => ({ HOME: join(root, who), ROOTWARD_URL: server.said.url });
/** The command line in this process: a process of its own costs a second. */
async function rw(who: string, ...words: string[]): Promise<CliResult> {
  const io = captureIo({ env: home(who), cwd: root });
  const status = await runHere(words, io);
  return { status, out: io.stdout(), err: io.stderr() };
}
const atTerminal = (who: string, typed: readonly Typed[], ...words: string[]) =>
  runInTerminal(words, typed, { env: home(who), cwd: root });
const loginFile = (who: string) => join(root, who, '.config', 'rootward', 'login.json');
const kept = (who: string) => JSON.parse(readFileSync(loginFile(who), 'utf8')) as Record<string, unknown>;

async function answerOf(who: string, ...words: string[]): Promise<Record<string, unknown>> {
  const { status, out, err } = await rw(who, ...words, '--output', 'json');
  expect(status, err).toBe(0);
  return JSON.parse(out) as Record<string, unknown>;
}

/** Invites somebody; the token that he accepts with. */
async function invite(email: string): Promise<string> {
  const made = await rw('owner', 'account', 'user-invite', email, '--api-key-file', ownerKey, '--output', 'json');
  expect(made.status, made.err).toBe(0);
  const [{ invitation }] = JSON.parse(made.out) as [{ invitation: { token: string } }];
  return invitation.token;
}

/** Makes somebody a user who is logged in. */
async function loggedIn(who: string): Promise<void> {
  const token = join(root, `${who}-token`);
  writeFileSync(token, await invite(`${who}@example.com`));
  const accepted = await rw(who, 'account', 'invitation-accept', '--token-file', token, '--password-file', password);
  expect(accepted.status, accepted.err).toBe(0);
  const login = await rw(who, 'login', '-u', `${who}@example.com`, '--password-file', password);
  expect(login.status, login.err).toBe(0);
}

async function byApiKey(who: string): Promise<void> {
  const login = await rw(who, 'login', '--api-key-file', ownerKey);
  expect(login.status, login.err).toBe(0);
}

test('somebody who is invited sets a password at the terminal, logs in by it, and commands then need nothing else', async () => {
  const token = await invite('ada@example.com');
  const accepted = await atTerminal(
    'ada',
    [
      { when: 'Invitation token: ', type: token },
      { when: 'Password: ', type: PASSWORD },
      { when: 'Once more: ', type: PASSWORD },
    ],
    'account',
    'invitation-accept',
    '--name',
    'Ada Lovelace',
  );
  expect(accepted.status, accepted.screen).toBe(0);
  expect(accepted.screen).toContain('rootward login -u ada@example.com');
  expect(accepted.screen).not.toContain(token);
  expect(accepted.screen).not.toContain(PASSWORD);

  const login = await atTerminal(
    'ada',
    [
      { when: 'E-mail: ', type: 'Ada@example.com' },
      { when: 'Password: ', type: PASSWORD },
    ],
    'login',
  );
  expect(login.status, login.screen).toBe(0);
  expect(login.screen).toContain('Logged in as ada@example.com.');
  expect(login.screen).not.toContain(PASSWORD);
  expect(statSync(loginFile('ada')).mode & 0o777).toBe(0o600);

  expect(await answerOf('ada', 'target')).toMatchObject({
    url: server.said.url,
    user: 'ada@example.com',
    account_id: server.said.accountId,
    resource_group: 'Default',
  });
  const { iam_token } = (await answerOf('ada', 'iam', 'oauth-tokens')) as { iam_token: string };
  const groups = await fetch(`${server.said.url}/v2/resource_groups`, { headers: { authorization: iam_token } });
  expect(groups.status).toBe(200);
});

describe('a login that is kept', () => {
  test('renews itself, and every refresh token is in the file before it is needed', async () => {
    await loggedIn('bob');
    const before = kept('bob');
    writeFileSync(loginFile('bob'), JSON.stringify({ ...before, staleAt: 0 }), { mode: 0o600 });
    // At the same time: of two who used one refresh token, one would end the login.
    const both = await Promise.all([1, 2].map(() => runCli(['target'], home('bob'), root)));
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    const after = kept('bob');
    expect(after.refreshToken).not.toBe(before.refreshToken);
    expect(after.accessToken).not.toBe(before.accessToken);
    expect(statSync(loginFile('bob')).mode & 0o777).toBe(0o600);
  });

  test('ends at the server with logout, so that a copy of it is worth nothing', async () => {
    await byApiKey('cleo');
    const copy = kept('cleo');
    const { status, err } = await rw('cleo', 'logout');
    expect([status, err]).toEqual([0, `Logged out of ${server.said.url}.\n`]);
    expect((await rw('cleo', 'target')).err).toContain('you are not logged in there');

    writeFileSync(loginFile('cleo'), JSON.stringify(copy), { mode: 0o600 });
    expect((await rw('cleo', 'target')).status).toBe(4);
    writeFileSync(loginFile('cleo'), JSON.stringify({ ...copy, staleAt: 0 }), { mode: 0o600 });
    const refused = await rw('cleo', 'target');
    expect([refused.status, refused.err]).toEqual([4, expect.stringContaining('Your login has ended')]);
    expect((await rw('cleo', 'logout')).err).toBe('You are not logged in.\n');
  });

  test('is refused where other users of the machine can read it', async () => {
    await byApiKey('dan');
    const text = readFileSync(loginFile('dan'), 'utf8');
    rmSync(loginFile('dan'));
    writeFileSync(loginFile('dan'), text, { mode: 0o644 });
    const { status, err } = await rw('dan', 'target');
    expect([status, err]).toEqual([1, expect.stringContaining('can be read by other users')]);
  });

  test('gives way to an API key that a command is told', async () => {
    await byApiKey('eve');
    const byKey = await runCli(['target', '--output', 'json'], { ...home('eve'), ROOTWARD_API_KEY: server.said.apiKey }, root);
    expect(JSON.parse(byKey.out)).toMatchObject({ user: 'an API key' });
    expect(await answerOf('eve', 'target')).toMatchObject({ user: 'owner@rootward.local' });
  });
});

describe('a login that acts as a trusted profile', () => {
  const profile = 'release-managers';
  const target = async () => answerOf('ivy', 'target');

  test('is by its name, says so, and renews itself as the profile', async () => {
    await loggedIn('ivy');
    await byApiKey('owner');
    const made = await answerOf('owner', 'iam', 'trusted-profile-create', profile);
    const ways = ['login', '-u', 'ivy@example.com', '--password-file', password, '--profile'];
    const early = await rw('ivy', ...ways, profile);
    expect([early.status, early.err]).toEqual([4, expect.stringContaining('You may not act as this trusted profile')]);
    expect(await target()).toMatchObject({ user: 'ivy@example.com' });

    await answerOf('owner', 'iam', 'trusted-profile-identity-create', profile, 'user', String(kept('ivy').iamId));
    for (const named of [String(made.id), String(made.crn), profile]) {
      const login = await rw('ivy', ...ways, named);
      expect([login.status, login.err], named).toEqual([
        0,
        `Logged in as ivy@example.com, acting as the trusted profile ${profile}.\n`,
      ]);
    }
    expect(await target()).toMatchObject({ trusted_profile: { id: made.id, name: profile } });
    const claims = async () => {
      const { iam_token } = (await answerOf('ivy', 'iam', 'oauth-tokens')) as { iam_token: string };
      return JSON.parse(Buffer.from(iam_token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;
    };
    expect(await claims()).toMatchObject({ iam_id: made.iam_id });
    const before = kept('ivy');
    writeFileSync(loginFile('ivy'), JSON.stringify({ ...before, staleAt: 0 }), { mode: 0o600 });
    expect(await claims()).toMatchObject({ iam_id: made.iam_id });
    expect(kept('ivy').refreshToken).not.toBe(before.refreshToken);
  });

  test('does nothing as himself once he is linked no more, but stays to be ended', async () => {
    const removed = await rw('owner', 'iam', 'trusted-profile-identity-delete', profile, 'user', String(kept('ivy').iamId));
    expect(removed.status, removed.err).toBe(0);
    for (const stale of [{}, { staleAt: 0 }, {}]) {
      writeFileSync(loginFile('ivy'), JSON.stringify({ ...kept('ivy'), ...stale }), { mode: 0o600 });
      expect((await rw('ivy', 'account', 'show')).status).toBe(4);
    }
    const copy = kept('ivy');
    expect(copy.accessToken).toBe('');
    expect((await rw('ivy', 'logout')).err).toBe(`Logged out of ${server.said.url}.\n`);
    writeFileSync(loginFile('ivy'), JSON.stringify({ ...copy, profile: undefined }), { mode: 0o600 });
    expect((await rw('ivy', 'account', 'show')).err).toContain('Your login has ended');
  });
});

test('a login by API key, and by a passcode that was got elsewhere, is kept like any other', async () => {
  await byApiKey('keys');
  expect(await answerOf('keys', 'account', 'show')).toMatchObject({ id: server.said.accountId });

  const api = await logIn(server.said.url, server.said.apiKey);
  const got = await fetch(`${server.said.url}/identity/passcode`, {
    method: 'POST',
    headers: { authorization: `Bearer ${api.token}` },
  });
  const { passcode } = (await got.json()) as { passcode: string };
  const sso = await atTerminal('sso', [{ when: 'Passcode: ', type: passcode }], 'login', '--sso');
  expect(sso.status, sso.screen).toBe(0);
  expect(sso.screen).toMatch(/Get a one-time passcode here: http:\/\/\S+/);
  expect(sso.screen).not.toContain(passcode);
  const again = await rw('sso2', 'login', '--sso', '--passcode', passcode);
  expect([again.status, again.err]).toEqual([4, expect.stringContaining('passcode')]);
});

test('a wrong password says no more than that, and leaves no login', async () => {
  const { status, screen } = await atTerminal('zoe', [{ when: 'Password: ', type: 'wrong' }], 'login', '-u', 'zoe@example.com');
  expect(status).toBe(4);
  expect(screen).toContain('The e-mail address or the password is wrong.');
  expect(() => kept('zoe')).toThrow(/ENOENT/);
});

test('without a terminal nothing is asked: the error says which flag to give', async () => {
  const { status, err } = await runCli(['login', '-u', 'fay@example.com'], home('fay'), root);
  expect([status, err]).toEqual([1, expect.stringContaining('There is no terminal to ask for: Password')]);
});

test('the first owner sets a password with his API key, and everybody changes his own', async () => {
  const set = await atTerminal(
    'owner',
    [
      { when: 'Old password (empty if you have none): ', type: '' },
      { when: 'New password: ', type: PASSWORD },
      { when: 'Once more: ', type: PASSWORD },
    ],
    'account',
    'password',
    'set',
    '--api-key-file',
    ownerKey,
  );
  expect(set.status, set.screen).toBe(0);
  const [old, fresh] = [password, join(root, 'new')];
  writeFileSync(fresh, NEW);
  const login = (file: string) => rw('owner', 'login', '-u', 'owner@rootward.local', '--password-file', file);
  expect((await login(old)).status).toBe(0);
  const changed = await rw('owner', 'account', 'password', 'set', '--old-password-file', old, '--password-file', fresh);
  expect(changed.status, changed.err).toBe(0);
  expect((await rw('owner', 'target')).status).toBe(0);
  expect((await login(old)).status).toBe(4);
  expect((await login(fresh)).status).toBe(0);
});

test('an account of its own, its users and a resource group are managed by one who is logged in', async () => {
  const made = await rw(
    'owner',
    'account',
    'create',
    'payments',
    '--owner',
    'gus@example.com',
    '--api-key-file',
    ownerKey,
    '--output',
    'json',
  );
  expect(made.status, made.err).toBe(0);
  const account = JSON.parse(made.out) as { id: string; invitation: { token: string } };
  const token = join(root, 'gus-token');
  writeFileSync(token, account.invitation.token);
  expect((await rw('gus', 'account', 'invitation-accept', '--token-file', token, '--password-file', password)).status).toBe(0);
  expect((await rw('gus', 'login', '-u', 'gus@example.com', '--password-file', password, '-c', account.id)).status).toBe(0);
  expect(await answerOf('gus', 'account', 'list')).toMatchObject([{ id: account.id, name: 'payments', state: 'ACTIVE' }]);
  expect((await rw('gus', 'account', 'update', '-n', 'paying')).status).toBe(0);
  expect(await answerOf('gus', 'account', 'show')).toMatchObject({ name: 'paying' });

  const invited = await answerOf('gus', 'account', 'user-invite', 'hal@example.com');
  expect(invited).toMatchObject([{ state: 'PENDING' }]);
  expect(await answerOf('gus', 'account', 'invitations')).toMatchObject([{ email: 'hal@example.com' }]);
  expect((await rw('gus', 'account', 'user-disable', 'hal@example.com')).status).toBe(5);
  expect((await rw('gus', 'account', 'user-disable', 'gus@example.com')).status).toBe(5);
  expect((await rw('gus', 'account', 'user-remove', 'hal@example.com', '-f')).status).toBe(0);
  const users = await rw('gus', 'account', 'users');
  expect(users.out).toContain('gus@example.com');
  expect(users.out).not.toContain('hal@example.com');

  // Once it is handed over he could not take it back, so he is told what that means first.
  const asked = await rw('gus', 'account', 'update', '--owner', 'gus@example.com');
  expect([asked.status, asked.err]).toEqual([1, expect.stringContaining('The account paying would belong to gus@example.com.')]);
  expect((await rw('gus', 'account', 'update', '--owner', 'gus@example.com', '-f')).status).toBe(0);

  const group = await answerOf('gus', 'resource', 'group-create', 'secrets');
  expect((await rw('gus', 'target', '-g', 'secrets')).out).toContain('secrets');
  expect(await answerOf('gus', 'target')).toMatchObject({ resource_group_id: group.id });
});
