import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OPERATIONS } from '../contract/operations.ts';
import { runCli } from './run.ts';
import { captureIo } from './testkit/captured-io.ts';
import { type EchoServer, type SeenRequest, startEchoServer } from './testkit/echo-server.ts';

type Answer = (seen: SeenRequest) => { status: number; body?: unknown };
const key = { id: 'k1', name: 'payments', state: 1, extractable: false, keyRingID: 'blue', crn: 'crn:v1:x', aliases: ['a', 'b'] };
const keys: Answer = () => ({ status: 200, body: { metadata: { totalCount: 7 }, resources: [key] } });
let answer: Answer = keys;
let server: EchoServer;

beforeAll(async () => {
  server = await startEchoServer((seen) => answer(seen));
});
afterAll(() => server.close());
beforeEach(() => {
  answer = keys;
  server.seen.length = 0;
});

async function run(...words: readonly string[]) {
  const io = captureIo({ env: { ROOTWARD_URL: server.url, ROOTWARD_API_KEY: 'k', KP_INSTANCE_ID: 'inst' } });
  const status = await runCli(words, io);
  return { status, out: io.stdout(), err: io.stderr() };
}

const sent = () =>
  server.seen.map(({ method, url, headers, body }) => ({ line: `${method} ${url}`, ring: headers['x-kms-key-ring'], body }));

describe('kp keys', () => {
  test('sends what chooses and orders keys', async () => {
    const filter = 'state=1 lastRotateDate=none';
    const { status } = await run(
      'kp',
      'keys',
      '-b',
      '-creationDate',
      '-f',
      filter,
      '-l',
      'exact:pay',
      '--key-ring',
      'blue',
      '-n',
      '5',
      '-s',
      '2',
    );
    expect(status).toBe(0);
    const [sentOnce] = sent();
    const { line, ring } = sentOnce ?? { line: '', ring: undefined };
    expect(Object.fromEntries(new URL(line.split(' ')[1] ?? '', server.url).searchParams)).toEqual({
      limit: '5',
      offset: '2',
      sort: '-creationDate',
      filter,
      search: 'exact:pay',
    });
    expect(ring).toBe('blue');
  });

  test('asks for root or standard keys by their word, and for no other kind', async () => {
    await run('kp', 'keys', '-t', 'root');
    await run('kp', 'keys', '--key-type', 'standard', '--key-states', '1');
    expect(sent().map(({ line }) => line)).toEqual([
      'GET /api/v2/keys?extractable=false',
      'GET /api/v2/keys?state=1&extractable=true',
    ]);
    const wrong = await run('kp', 'keys', '-t', 'both');
    expect([wrong.status, wrong.err]).toEqual([1, 'error: [USAGE] --key-type must be root or standard.\n']);
    expect(server.seen).toHaveLength(2);
  });

  test('shows CRNs where they are asked for', async () => {
    expect((await run('kp', 'keys')).out).not.toContain('crn:v1:x');
    expect((await run('kp', 'keys', '-c')).out).toContain('crn:v1:x');
  });
});

describe('kp key', () => {
  test('update moves a key, looked for in the key ring that it is in', async () => {
    const { out } = await run('kp', 'key', 'update', 'k1', '-r', 'blue', '--key-ring', 'default');
    expect(sent()).toEqual([{ line: 'PATCH /api/v2/keys/k1', ring: 'default', body: { keyRingID: 'blue' } }]);
    expect(out).toMatch(/Key ring: +blue/);
    expect(out).toMatch(/Aliases: +a, b/);
    expect((await run('kp', 'key', 'update', 'k1')).err).toContain('--new-key-ring is missing');
  });

  test('alias-create and alias-delete name the alias by a flag', async () => {
    answer = () => ({ status: 201, body: { metadata: {}, resources: [{ keyId: 'k1', alias: 'pay' }] } });
    expect((await run('kp', 'key', 'alias-create', 'k1', '-a', 'pay')).out).toMatch(/Alias: +pay\nKey ID: +k1/);
    answer = () => ({ status: 204 });
    expect(await run('kp', 'key', 'alias-delete', 'k1', '--alias', 'pay')).toEqual({
      status: 0,
      out: '',
      err: 'The alias is deleted.\n',
    });
    expect(sent().map(({ line }) => line)).toEqual(['POST /api/v2/keys/k1/aliases/pay', 'DELETE /api/v2/keys/k1/aliases/pay']);
    expect((await run('kp', 'key', 'alias-create', 'k1')).err).toContain('--alias is missing');
  });

  test('create takes aliases and the key ring', async () => {
    answer = () => ({ status: 201, body: { metadata: {}, resources: [key] } });
    await run('kp', 'key', 'create', 'payments', '--key-ring', 'blue', '-a', 'one', 'two');
    const [{ ring, body } = {}] = sent();
    expect(ring).toBe('blue');
    expect(body).toMatchObject({ resources: [{ name: 'payments', aliases: ['one', 'two'] }] });
    await run('kp', 'key', 'create', 'payments');
    expect(sent().at(-1)?.ring).toBeUndefined();
  });

  test('versions pages, and says how many there are', async () => {
    const { err } = await run('kp', 'key', 'versions', 'k1', '-n', '1', '-s', '3', '-t', '-a', '-r', 'blue');
    expect(sent()).toEqual([
      { line: 'GET /api/v2/keys/k1/versions?limit=1&offset=3&totalCount=true&allKeyStates=true', ring: 'blue', body: undefined },
    ]);
    expect(err).toBe('7 versions.\n');
  });
});

test('every command that takes a key can be told its key ring', () => {
  const commands = OPERATIONS.filter(({ cli, http }) => cli?.command[0] === 'kp' && http.path.startsWith('/api/v2/keys'));
  expect(commands.length).toBeGreaterThan(10);
  for (const { name, cli } of commands) {
    expect(
      Object.values(cli?.options ?? {}).map(({ into }) => into),
      name,
    ).toContain('headers.x-kms-key-ring');
  }
});

describe('kp key-ring', () => {
  test('create and delete say on stderr that it is done', async () => {
    answer = ({ method }) => ({ status: method === 'POST' ? 201 : 204 });
    expect(await run('kp', 'key-ring', 'create', 'blue')).toEqual({ status: 0, out: '', err: 'The key ring is made.\n' });
    expect(await run('kp', 'key-ring', 'delete', 'blue', '-f')).toEqual({
      status: 0,
      out: '',
      err: 'The key ring is deleted.\n',
    });
    expect(sent().map(({ line }) => line)).toEqual(['POST /api/v2/key_rings/blue', 'DELETE /api/v2/key_rings/blue?force=true']);
  });

  test('key-rings is a table', async () => {
    const ring = { id: 'blue', creationDate: '2026-01-02T03:04:05Z', createdBy: 'me' };
    answer = () => ({ status: 200, body: { metadata: {}, resources: [{ id: 'default' }, ring] } });
    expect((await run('kp', 'key-rings')).out.split('\n').map((line) => line.split(/ {2,}/)[0])).toEqual([
      'Key ring',
      'default',
      'blue',
      '',
    ]);
  });
});

describe('kp registrations', () => {
  test('asks for those of all keys, or of one', async () => {
    await run('kp', 'registrations', '-r', 'blue', '-c', 'crn:v1:*');
    await run('kp', 'registrations', '-k', 'k1', '-r', 'blue');
    expect(sent().map(({ line, ring }) => [line, ring])).toEqual([
      ['GET /api/v2/keys/registrations?urlEncodedResourceCRNQuery=crn%3Av1%3A*', 'blue'],
      ['GET /api/v2/keys/k1/registrations', 'blue'],
    ]);
  });
});

describe('kp key purge', () => {
  const purge = async (typed: string | undefined, ...flags: string[]) => {
    answer = () => ({ status: 204 });
    const env = { ROOTWARD_URL: server.url, ROOTWARD_API_KEY: 'k', KP_INSTANCE_ID: 'inst' };
    const asked = { canAsk: typed !== undefined, ask: () => Promise.resolve(typed ?? '') };
    const status = await runCli(['kp', 'key', 'purge', 'k1', ...flags], captureIo({ env, ...asked }));
    return [status, sent().length];
  };

  test.each([
    ['a person who says no', 'no', [], [1, 0]],
    ['a person who says yes', 'yes', [], [0, 1]],
    ['a person who is not asked', 'no', ['-f'], [0, 1]],
    ['a script, as with the other command line', undefined, [], [0, 1]],
  ] as const)('of %s', async (_, typed, flags, wanted) => {
    expect(await purge(typed, ...flags)).toEqual(wanted);
  });
});
