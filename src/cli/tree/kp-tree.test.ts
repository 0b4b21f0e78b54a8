import { createDecipheriv, createSecretKey, generateKeyPairSync, privateDecrypt, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createProgram } from '../program.ts';
import { runCli } from '../run.ts';
import { captureIo } from '../testkit/captured-io.ts';
import { type EchoServer, startEchoServer } from '../testkit/echo-server.ts';
import { KP_COMMANDS, KP_NOT_SUPPORTED } from '../testkit/kp-tree.ts';

let server: EchoServer;
let answer: { status: number; body?: unknown } = { status: 200 };
let home: string;
beforeAll(async () => {
  server = await startEchoServer(() => answer);
  home = mkdtempSync(join(tmpdir(), 'rootward-kp-tree-'));
});
afterAll(() => {
  server.close();
  rmSync(home, { recursive: true });
});
beforeEach(() => {
  server.seen.length = 0;
});

async function run(line: string | readonly string[], env: NodeJS.ProcessEnv = {}) {
  const io = captureIo({
    cwd: home,
    env: { ROOTWARD_URL: server.url, ROOTWARD_API_KEY: 'k', KP_INSTANCE_ID: 'inst', XDG_CONFIG_HOME: home, ...env },
  });
  const status = await runCli(typeof line === 'string' ? line.split(' ') : line, io);
  return { status, out: io.stdout(), err: io.stderr() };
}

const program = createProgram(captureIo());
const find = (path: string): Command | undefined =>
  path.split(' ').reduce<Command | undefined>((group, word) => group?.commands.find((one) => one.name() === word), program);

describe('the commands of `ibmcloud kp` are here under the same words', () => {
  test.each(KP_COMMANDS.map((known) => [known.command, known] as const))('kp %s', (path, { words = [], flags = [] }) => {
    const command = find(`kp ${path}`);
    expect(command, `there is no command kp ${path}`).toBeDefined();
    expect(command?.registeredArguments.map(({ required }) => required)).toEqual(words.map(() => true));
    const known = new Map(
      command?.options.flatMap((option) => [[option.short, option] as const, [option.long, option] as const]),
    );
    for (const flag of [...flags, '-i/--instance-id', '-o/--output']) {
      const [first, second = first] = flag.split('/');
      // Local work needs no instance.
      if (flag.startsWith('-i') && path.endsWith('-encrypt')) continue;
      expect([flag, known.get(first)?.flags ?? `${first} is missing`]).toEqual([flag, known.get(second)?.flags]);
    }
  });

  test.each(KP_NOT_SUPPORTED)('kp %s says that it is not supported, and why', async (line) => {
    const { status, out, err } = await run(`kp ${line}`);
    expect([status, out]).toEqual([1, '']);
    expect(err).toMatch(/^error: \[NOT_SUPPORTED\] (KMIP is|Crypto units are) not supported: .*\nhint: .*\n$/);
    expect(server.seen).toEqual([]);
  });
});

describe('kp key', () => {
  const key = { id: 'k1', name: 'payments', state: 1, extractable: false, keyRingID: 'default', crn: 'crn:v1:x' };

  test('unwrap --output json has the names that scripts of the other command line read', async () => {
    answer = { status: 200, body: { plaintext: 'cGxhaW4=', keyVersion: { id: 'v1' } } };
    expect(JSON.parse((await run('kp key unwrap k1 abc -o json')).out)).toEqual({
      plaintext: 'cGxhaW4=',
      keyVersion: { id: 'v1' },
      Plaintext: 'cGxhaW4=',
    });
    answer = { status: 200, body: { plaintext: 'cGxhaW4=', keyVersion: { id: 'v1' }, ciphertext: 'bmV3' } };
    expect(JSON.parse((await run('kp key unwrap k1 abc --output json')).out)).toMatchObject({
      Plaintext: 'cGxhaW4=',
      'Rewrapped Plaintext': 'bmV3',
    });
    expect((await run('kp key unwrap k1 abc')).out).toBe('Plaintext:              cGxhaW4=\nRewrapped ciphertext:   bmV3\n');
  });

  test('rewrap sends a ciphertext and shows the new one only', async () => {
    answer = { status: 200, body: { ciphertext: 'bmV3', keyVersion: { id: 'v2' }, rewrappedKeyVersion: { id: 'v1' } } };
    const { out } = await run('kp key rewrap k1 b2xk --aad team-a');
    expect(server.seen[0]).toMatchObject({
      method: 'POST',
      url: '/api/v2/keys/k1/actions/rewrap',
      body: { ciphertext: 'b2xk', aad: ['team-a'] },
    });
    expect(out).toBe('Ciphertext:   bmV3\n');
  });

  test('create brings encrypted material with its algorithm', async () => {
    answer = { status: 201, body: { metadata: {}, resources: [key] } };
    await run('kp key create payments -k a2V5 -n bm9uY2U= -v aXY=');
    await run('kp key create payments -k a2V5 -n bm9uY2U= -v aXY= --sha1');
    await run('kp key create payments -k a2V5');
    const sent = server.seen.map(({ body }) => (body as { resources: object[] }).resources[0]);
    const encrypted = { payload: 'a2V5', encryptedNonce: 'bm9uY2U=', iv: 'aXY=' };
    expect(sent).toMatchObject([
      { ...encrypted, encryptionAlgorithm: 'RSAES_OAEP_SHA_256' },
      { ...encrypted, encryptionAlgorithm: 'RSAES_OAEP_SHA_1' },
      { payload: 'a2V5' },
    ]);
    expect(sent[2]).not.toHaveProperty('encryptionAlgorithm');
  });

  test('create-key-with-policy-overrides gives the key policies of its own', async () => {
    answer = { status: 201, body: { metadata: {}, resources: [key] } };
    await run('kp key create-key-with-policy-overrides payments -d -m 3 -a one');
    expect(server.seen[0]).toMatchObject({
      url: '/api/v2/keys_with_policy_overrides',
      body: {
        resources: [
          {
            name: 'payments',
            aliases: ['one'],
            dualAuthDelete: { enabled: true },
            rotation: { enabled: true, interval_month: 3 },
          },
        ],
      },
    });
    const wrong = await run('kp key create-key-with-policy-overrides payments -m often');
    expect([wrong.status, wrong.err]).toEqual([
      1,
      'error: [USAGE] --rotation-interval-month must be a whole number from 1 to 12.\n',
    ]);
  });
});

describe('kp region-set', () => {
  const GROUP = '0123456789abcdef0123456789abcdef';
  const create = ['resource', 'service-instance-create', 'n', 'kms', 'tiered-pricing', '-g', GROUP];

  test('is what a new instance takes where its command names no location', async () => {
    answer = { status: 404, body: { error_code: 'RESOURCE_NOT_FOUND', message: 'No.' } };
    expect((await run(create)).err).toMatch(/^error: \[USAGE\] No location is given.\nhint: .*kp region-set/);
    expect(await run('kp region-set eu-de')).toEqual({ status: 0, out: '', err: 'New instances are made in eu-de.\n' });
    expect((await run('kp region-set')).out).toBe('eu-de\n');
    await run(create);
    await run([...create.slice(0, 5), 'us-south', '-g', GROUP]);
    expect(server.seen.map(({ body }) => (body as { target: string }).target)).toEqual(['eu-de', 'us-south']);
  });

  test('is kept in a file of the user alone, and forgotten', async () => {
    await run('kp region-set eu-de');
    expect(statSync(join(home, 'rootward', 'cli.json')).mode & 0o777).toBe(0o600);
    expect((await run('kp region-set --unset')).err).toBe('No region is chosen.\n');
    expect(readdirSync(join(home, 'rootward'))).toEqual([]);
    expect((await run('kp region-set')).err).toBe('No region is chosen.\n');
  });

  test('refuses what is no region, and two wishes at once', async () => {
    expect((await run('kp region-set Frankfurt')).status).toBe(1);
    expect((await run('kp region-set eu-de -u')).status).toBe(1);
  });
});

describe('kp import-token', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const payload = Buffer.from(publicKey.export({ type: 'spki', format: 'pem' })).toString('base64');
  const material = randomBytes(32);
  const nonce = randomBytes(12).toString('base64');

  test.each([
    ['SHA256', 'sha256'],
    ['SHA1', 'sha1'],
  ])('key-encrypt encrypts material that only the token can decrypt, with %s', async (name, oaepHash) => {
    writeFileSync(join(home, 'root.key'), `${material.toString('base64')}\n`);
    const { status, out } = await run([
      'kp',
      'import-token',
      'key-encrypt',
      '-k',
      '@root.key',
      '-p',
      payload,
      '-a',
      name,
      '-o',
      'json',
    ]);
    expect(status).toBe(0);
    const { encryptedKey } = JSON.parse(out) as { encryptedKey: string };
    expect(privateDecrypt({ key: privateKey, oaepHash }, Buffer.from(encryptedKey, 'base64'))).toEqual(material);
    expect(server.seen).toEqual([]);
  });

  test.each([16, 24, 32])('nonce-encrypt encrypts the nonce with material of %d bytes', async (size) => {
    const key = randomBytes(size);
    const words = ['kp', 'import-token', 'nonce-encrypt', '-k', key.toString('base64'), '-n', nonce, '-o', 'json'];
    const gcm = JSON.parse((await run(words)).out) as { encryptedNonce: string; iv: string };
    const sealed = Buffer.from(gcm.encryptedNonce, 'base64');
    const open = createDecipheriv(`aes-${size * 8}-gcm` as 'aes-256-gcm', createSecretKey(key), Buffer.from(gcm.iv, 'base64'), {
      authTagLength: 16,
    }).setAuthTag(sealed.subarray(-16));
    expect(Buffer.concat([open.update(sealed.subarray(0, -16)), open.final()]).toString('base64')).toBe(nonce);
    const cbc = JSON.parse((await run([...words, '--cbc'])).out) as { encryptedNonce: string; iv: string };
    const old = createDecipheriv(`aes-${size * 8}-cbc`, createSecretKey(key), Buffer.from(cbc.iv, 'base64'));
    expect(Buffer.concat([old.update(cbc.encryptedNonce, 'base64'), old.final()]).toString('base64')).toBe(nonce);
  });

  test('a wrong value is named by its flag and never repeated', async () => {
    const secret = 'not-base64-secret';
    const good = material.toString('base64');
    for (const [words, flag] of [
      [['nonce-encrypt', '-k', secret, '-n', nonce], '--key'],
      [['nonce-encrypt', '-k', 'AAAA', '-n', nonce], '--key'],
      [['nonce-encrypt', '-k', good, '-n', secret], '--nonce'],
      [['key-encrypt', '-k', good, '-p', secret], '--pubkey'],
      [['key-encrypt', '-k', good, '-p', payload, '-a', 'MD5'], '--hash'],
    ] as const) {
      const { status, err } = await run(['kp', 'import-token', ...words]);
      expect([status, err]).toEqual([1, expect.stringContaining(`[USAGE] ${flag}`)]);
      expect(err).not.toContain(secret);
    }
  });
});
