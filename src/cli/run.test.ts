import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ERRORS, type ErrorCode, RootwardError } from '../contract/errors.ts';
import { printError } from './print-error.ts';
import { runCli } from './run.ts';
import { captureIo } from './testkit/captured-io.ts';
import { type EchoServer, type SeenRequest, startEchoServer } from './testkit/echo-server.ts';

type Answer = (seen: SeenRequest) => { status: number; body?: unknown };
const noContent: Answer = () => ({ status: 204 });
let answer: Answer = noContent;
let server: EchoServer;

beforeAll(async () => {
  server = await startEchoServer((seen) => answer(seen));
});
afterAll(() => server.close());
beforeEach(() => {
  answer = noContent;
  server.seen.length = 0;
});

async function run(words: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const io = captureIo({ env: { ROOTWARD_URL: server.url, ROOTWARD_API_KEY: 'k', ...env } });
  const status = await runCli(words, io);
  return { status, out: io.stdout(), err: io.stderr() };
}

describe('a derived command', () => {
  test('puts words and flags where its binding says', async () => {
    answer = () => ({ status: 200, body: { ciphertext: 'c', keyVersion: { id: 'v' } } });
    const { status, out } = await run(['kp', 'key', 'wrap', 'my-key', '-i', 'inst', '-p', 'AAAA', '--aad', 'one', 'two']);
    expect(status).toBe(0);
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]).toMatchObject({
      method: 'POST',
      url: '/api/v2/keys/my-key/actions/wrap',
      headers: { 'bluemix-instance': 'inst', authorization: 'Bearer t' },
      body: { plaintext: 'AAAA', aad: ['one', 'two'] },
    });
    expect(out).toBe('Ciphertext:   c\n');
  });

  test('turns numbers and switches into what the schema wants', async () => {
    await run(['kp', 'keys', '-i', 'inst', '-n', '20', '--key-states', '2,3']);
    await run(['kp', 'key', 'delete', 'k1', '-i', 'inst', '--force']);
    await run(['ks', 'kms', 'enable', '-c', 'c1', '--instance-id', 'i', '--crk', 'k', '--force']);
    expect(server.seen.map(({ url }) => url)).toEqual([
      '/api/v2/keys?limit=20&state=2%2C3',
      '/api/v2/keys/k1?force=true',
      '/v2/enableKMS',
    ]);
    expect(server.seen[2]?.body).toEqual({ cluster: 'c1', instance_id: 'i', crk_id: 'k', force: true, private_endpoint: true });
  });

  test('takes the instance from KP_INSTANCE_ID, and a flag goes first', async () => {
    await run(['kp', 'key', 'enable', 'k1'], { KP_INSTANCE_ID: 'from-env' });
    await run(['kp', 'key', 'enable', 'k1', '-i', 'from-flag'], { KP_INSTANCE_ID: 'from-env' });
    expect(server.seen.map(({ headers }) => headers['bluemix-instance'])).toEqual(['from-env', 'from-flag']);
  });

  test('says what is missing before anything is sent', async () => {
    expect(await run(['kp', 'keys'])).toMatchObject({
      status: 1,
      out: '',
      err: expect.stringContaining('--instance-id is missing'),
    });
    expect(await run(['ks', 'kms', 'enable', '-c', 'c', '--instance-id', 'i'])).toMatchObject({
      status: 1,
      err: 'error: [USAGE] --crk is missing.\n',
    });
    expect(server.seen).toEqual([]);
  });

  test('refuses a number that is none, naming the flag', async () => {
    const { status, err } = await run(['kp', 'keys', '-i', 'inst', '-n', 'many']);
    expect(status).toBe(1);
    expect(err).toContain('--number-of-keys must be a whole number');
  });

  test('says on stderr that it is done, and nothing with --quiet', async () => {
    expect(await run(['kp', 'key', 'rotate', 'k', '-i', 'i'])).toEqual({
      status: 0,
      out: '',
      err: 'The key has a new version.\n',
    });
    expect(await run(['kp', 'key', 'rotate', 'k', '-i', 'i', '-q'])).toEqual({ status: 0, out: '', err: '' });
  });

  test('sends new material of an imported key in the body that may otherwise be absent', async () => {
    await run(['kp', 'key', 'rotate', 'k', '-i', 'i', '-k', 'AAAA']);
    expect(server.seen[0]?.body).toEqual({ payload: 'AAAA' });
  });
});

describe('the output', () => {
  const key = { id: 'k1', name: 'payments', state: 2, extractable: false };
  const keys: Answer = () => ({
    status: 200,
    body: { metadata: {}, resources: [key, { ...key, id: 'k2', name: 'x', state: 1 }] },
  });

  test('is an aligned table without borders', async () => {
    answer = keys;
    expect((await run(['kp', 'keys', '-i', 'i'])).out).toBe(
      'Key ID   Key Name   State       Type   Expires\nk1       payments   Suspended   root\nk2       x          Active      root\n',
    );
  });

  test('as JSON or YAML is the resources of the API, without the envelope', async () => {
    answer = keys;
    expect(JSON.parse((await run(['kp', 'keys', '-i', 'i', '--output', 'JSON'])).out)).toEqual([
      key,
      { ...key, id: 'k2', name: 'x', state: 1 },
    ]);
    expect(JSON.parse((await run(['kp', 'key', 'show', 'k1', '-i', 'i', '-o', 'json'])).out)).toEqual(key);
    expect((await run(['kp', 'key', 'show', 'k1', '-i', 'i', '-o', 'yaml'])).out).toBe(
      'id: k1\nname: payments\nstate: 2\nextractable: false\n',
    );
  });

  test('of an empty list is an empty JSON array, or a sentence on stderr', async () => {
    answer = () => ({ status: 200, body: { resources: [] } });
    expect(await run(['kp', 'keys', '-i', 'i', '-o', 'json'])).toEqual({ status: 0, out: '[]\n', err: '' });
    expect(await run(['kp', 'keys', '-i', 'i'])).toEqual({ status: 0, out: '', err: 'There are no keys in this instance.\n' });
  });

  test('in a format that there is not is a usage error before anything is sent', async () => {
    expect((await run(['kp', 'keys', '-i', 'i', '-o', 'xml'])).status).toBe(1);
    expect(server.seen).toEqual([]);
  });
});

describe('a failure', () => {
  test("is the server's own, with its hint and its exit status", async () => {
    answer = () => ({
      status: 403,
      body: {
        incidentID: 'i',
        code: 'SERVICE_AUTHORIZATION_MISSING',
        description: 'No authorization.',
        recoveryCLI: 'Create it.',
      },
    });
    expect(await run(['ks', 'kms', 'enable', '-c', 'c', '--instance-id', 'i', '--crk', 'k'])).toEqual({
      status: 4,
      out: '',
      err: 'error: [SERVICE_AUTHORIZATION_MISSING] No authorization.\nhint: Create it.\n',
    });
  });

  test.each(Object.keys(ERRORS) as ErrorCode[])('%s ends with the status of the table', (code) => {
    const io = captureIo();
    expect(printError(new RootwardError(code, { hint: 'Do so.' }), io)).toBe(ERRORS[code].exit);
    expect(io.stderr()).toBe(`error: [${code}] ${ERRORS[code].text}\nhint: Do so.\n`);
  });

  test('that nobody foresaw is one sentence, and a stack only where it is asked for', () => {
    const quiet = captureIo();
    expect(printError(new TypeError('odd'), quiet)).toBe(2);
    expect(quiet.stderr()).not.toContain('run.test.ts');
    const loud = captureIo({ env: { ROOTWARD_DEBUG: '1' } });
    printError(new TypeError('odd'), loud);
    expect(loud.stderr()).toContain('run.test.ts');
  });

  test('is red on a terminal, and plain with NO_COLOR', () => {
    const terminal = captureIo({ errIsTerminal: true });
    printError(new RootwardError('USAGE'), terminal);
    expect(terminal.stderr()).toContain('\u001b[31merror:');
    const plain = captureIo({ errIsTerminal: true, env: { NO_COLOR: '1' } });
    printError(new RootwardError('USAGE'), plain);
    expect(plain.stderr()).not.toContain('\u001b');
  });

  test('of an unknown command names the nearest one', async () => {
    expect(await run(['kp', 'kyes'])).toMatchObject({
      status: 1,
      err: "error: [USAGE] unknown command 'kyes'\nhint: Did you mean keys?\n",
    });
    expect(await run(['kp', 'keys', '--outpt', 'json'])).toMatchObject({
      status: 1,
      err: expect.stringContaining('Did you mean --output?'),
    });
  });

  test('of an argument points at the help of its own command', async () => {
    expect(await run(['resource', 'service-instance-create'])).toMatchObject({
      status: 1,
      err: expect.stringContaining('`rootward resource service-instance-create --help`'),
    });
  });

  test('of a login says which variable helps', async () => {
    const io = captureIo({ env: {} });
    expect(await runCli(['kp', 'keys', '-i', 'i'], io)).toBe(4);
    expect(io.stderr()).toContain('[NOT_LOGGED_IN]');
    expect(io.stderr()).toContain('ROOTWARD_URL');
  });
});

test('a group without a command shows its help and ends with status 1; asked for, with 0', async () => {
  expect(await run(['kp'])).toMatchObject({ status: 1, out: '', err: expect.stringContaining('Around keys:') });
  expect(await run(['kp', '--help'])).toMatchObject({ status: 0, out: expect.stringContaining('Around keys:'), err: '' });
});
