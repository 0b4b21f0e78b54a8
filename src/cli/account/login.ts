import { createClient } from '../../client/client.ts';
import { listAccounts } from '../../contract/accounts/list.ts';
import { RootwardError } from '../../contract/errors.ts';
import { describeIssuer } from '../../contract/tokens/discovery.ts';
import { API_KEY_GRANT, PASSCODE_GRANT, PASSWORD_GRANT, type TokenRequest } from '../../contract/tokens/grant.ts';
import type { CommandParts } from '../commands/command-parts.ts';
import type { Io } from '../io.ts';
import { assumeProfile, exchange } from '../session/exchange.ts';
import { type KeptLogin, keepLogin, loginFile, nameOf } from '../session/kept-login.ts';
import { findLogin, findServer, keyIn } from '../session/login.ts';
import { withLock } from '../session/login-lock.ts';
import { sessionOf } from '../session/session.ts';
import { commandAt } from '../tree/command-path.ts';
import { addExamples } from '../tree/help-text.ts';
import { readSecret } from './secret-input.ts';
import { showTarget } from './target.ts';

interface LoginFlags {
  readonly url?: string;
  readonly user?: string;
  readonly passwordFile?: string;
  readonly apikey?: string;
  readonly apiKeyFile?: string;
  readonly sso?: boolean;
  readonly passcode?: string;
  readonly account?: string;
  readonly profile?: string;
}

const ACCOUNT_ID = /^[0-9a-f]{32}$/;

/** `login`: as a person by password, passcode or API key, for the commands after it. */
export function addLogin({ program, io }: CommandParts): void {
  const command = commandAt(program, ['login'])
    .description('Log in, so that commands after this one need no API key')
    .option('-a, --url <url>', 'where the server is; else ROOTWARD_URL, or the server of `up --dev` here')
    .option('-u, --user <email>', 'your e-mail address; asked for if nothing else says who you are')
    .option('--password-file <file>', 'file that holds your password; asked for if absent')
    .option('--apikey <key>', 'an API key; other users of this machine can see it while the command runs')
    .option('--api-key-file <file>', 'file that holds an API key')
    .option('--sso', 'log in in a browser, and type the passcode that it shows')
    .option('--passcode <code>', 'the passcode that the browser has shown')
    .option('-c, --account <account>', 'the account, by id or name; else the one that you have been in for longest')
    .option('--profile <profile>', 'act as this trusted profile of the account, by id, CRN or name, if you are linked to it');
  addExamples(command, [
    'login -u ada@example.com',
    'login --sso',
    'login --api-key-file key.txt --url https://rootward.example.com:8443',
    'login -u ada@example.com --password-file password.txt -c payments',
    'login -u ada@example.com --profile release-managers',
  ]);
  command.action(async (flags: LoginFlags) => {
    const url = findServer(flags, io);
    const own = await logIn(url, await grantOf(url, flags, io), flags.account, io);
    const login = flags.profile === undefined ? own : await assumeProfile(own, flags.profile, io.now);
    await withLock(loginFile(io.env), async () => keepLogin(io.env, login));
    io.err(`Logged in as ${nameOf(login)}.\n`);
    await showTarget(io, sessionOf(login, io), 'table');
    const next = findLogin({}, io);
    if (!next.kept) io.err(`Here, commands go to ${next.url} with an API key, not by this login.\n`);
  });
}

async function logIn(url: string, grant: TokenRequest, account: string | undefined, io: Io): Promise<KeptLogin> {
  const login = await exchange(url, grant, io.now);
  if (account === undefined || account === login.accountId) return login;
  if (ACCOUNT_ID.test(account)) throw otherAccount(login, account);
  const { accounts } = await createClient({ url, token: login.accessToken }).call(listAccounts, {});
  const [named, ...more] = accounts.filter(({ name, state }) => name === account && state === 'ACTIVE');
  if (!named) throw new RootwardError('IAM_NOT_FOUND', { message: `You are a user of no account called ${account}.` });
  if (more.length > 0)
    throw new RootwardError('USAGE', { message: `Several accounts are called ${account}. Give the id of one.` });
  if (named.id === login.accountId) return login;
  if (grant.grant_type !== PASSWORD_GRANT) throw otherAccount(login, account);
  return exchange(url, { ...grant, account: named.id }, io.now);
}

function otherAccount({ accountId }: KeptLogin, wanted: string): RootwardError {
  return new RootwardError('ACCOUNT_MISMATCH', {
    message: `This logs in to the account ${accountId}, not to ${wanted}.`,
    hint: 'An API key or passcode belongs to one account: take one of the other account.',
  });
}

async function grantOf(url: string, flags: LoginFlags, io: Io): Promise<TokenRequest> {
  const { apikey, apiKeyFile, sso, passcode, user, passwordFile, account } = flags;
  const ways = [apikey, apiKeyFile, sso || passcode !== undefined || undefined, user ?? passwordFile];
  if (ways.filter((way) => way !== undefined).length > 1) {
    throw new RootwardError('USAGE', { message: 'Log in in one way: -u, --apikey, --api-key-file or --sso.' });
  }
  if (apikey !== undefined) return { grant_type: API_KEY_GRANT, apikey };
  if (apiKeyFile !== undefined) return { grant_type: API_KEY_GRANT, apikey: keyIn(apiKeyFile) };
  if (passcode !== undefined) return { grant_type: PASSCODE_GRANT, passcode };
  if (sso) return { grant_type: PASSCODE_GRANT, passcode: await askForPasscode(url, io) };
  const username = user ?? (await io.ask('E-mail: ', false)).trim();
  const password = await readSecret(io, passwordFile, 'Password: ');
  // A name is looked up once it is known who asks.
  return {
    grant_type: PASSWORD_GRANT,
    username,
    password,
    ...(account !== undefined && ACCOUNT_ID.test(account) && { account }),
  };
}

async function askForPasscode(url: string, io: Io): Promise<string> {
  const { passcode_endpoint } = await createClient({ url }).call(describeIssuer, {});
  io.err(`Get a one-time passcode here: ${passcode_endpoint}\n`);
  return (await io.ask('Passcode: ', true)).trim();
}
