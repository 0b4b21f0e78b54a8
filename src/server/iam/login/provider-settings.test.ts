import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DEFAULT_LOGIN, type LoginConfig, type LoginProviderConfig } from '../../config/login-config.ts';
import { checkProviders } from './provider-settings.ts';

const PROVIDER: LoginProviderConfig = {
  name: 'corp',
  issuer: 'https://id.example.com/realms/corp',
  clientId: 'rootward',
  scopes: 'openid email profile',
  invitations: true,
  trustEmail: false,
};
const check = (provider: Partial<LoginProviderConfig>, more: Partial<LoginConfig> = {}) =>
  checkProviders({ ...DEFAULT_LOGIN, ...more, providers: [{ ...PROVIDER, ...provider }] });
const wrong = (name: string) => expect.objectContaining({ code: 'CONFIG', target: { type: 'field', name } });

test.each([
  'http://id.example.com',
  'http://127.0.0.1.example.com',
  'http://10.0.0.1:8080',
  'https://user:password@id.example.com',
  'https://id.example.com/?a=b',
  'https://id.example.com/#a',
  'file:///etc/passwd',
  'id.example.com',
])('%s is no issuer', (issuer) => {
  expect(() => check({ issuer })).toThrow(wrong('login.providers.0.issuer'));
});

test.each(['https://id.example.com', 'http://127.0.0.1:8080/x', 'http://localhost:1', 'http://[::1]:1'])(
  '%s is one',
  (issuer) => {
    expect(check({ issuer })[0]?.issuer.href).toBe(new URL(issuer).href);
  },
);

test('the public address is an origin, and https beyond loopback', () => {
  for (const publicUrl of ['https://kms.example.com/path', 'http://kms.example.com', 'kms'])
    expect(() => check({}, { publicUrl })).toThrow(wrong('login.publicUrl'));
  expect(() => check({}, { publicUrl: 'https://kms.example.com:8443' })).not.toThrow();
});

test('two providers of one name, or scopes without openid, are refused', () => {
  expect(() => checkProviders({ ...DEFAULT_LOGIN, providers: [PROVIDER, PROVIDER] })).toThrow(wrong('login.providers.1.name'));
  expect(() => check({ scopes: 'email' })).toThrow(wrong('login.providers.0.scopes'));
});

test('the secret comes from the settings or from a file, not from both, and no error repeats it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rootward-provider-'));
  try {
    const clientSecretFile = join(folder, 'secret');
    writeFileSync(clientSecretFile, 'the secret\n');
    expect(check({ clientSecretFile })[0]).toMatchObject({ label: 'corp', clientSecret: 'the secret' });
    const both = () => check({ clientSecretFile, clientSecret: 'another' });
    expect(both).toThrow(wrong('login.providers.0.clientSecretFile'));
    expect(both).toThrow(expect.objectContaining({ message: expect.not.stringMatching(/another|the secret/) }));
    expect(() => check({ clientSecretFile: join(folder, 'none') })).toThrow(/cannot be read \(ENOENT\)/);
    expect(check({})[0]).not.toHaveProperty('clientSecret');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
