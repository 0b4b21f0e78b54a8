import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig, withoutSecrets } from './config.ts';

function withFile(text: string, use: (file: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'rootward-config-'));
  try {
    const file = join(folder, 'rootward.yaml');
    writeFileSync(file, text);
    use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('configuration', () => {
  it('has a default for everything that is needed', () => {
    const config = loadConfig({ env: {} });
    expect(config).toMatchObject({
      dev: false,
      listen: '127.0.0.1:8480',
      seal: { kind: 'file' },
      lifecycle: { enableAfterDisableSeconds: 30, rotateIntervalSeconds: 3600 },
    });
  });

  it('flags win over the environment, and the environment over the file', () => {
    withFile('region: file\nlogLevel: warn\nlifecycle:\n  rotateIntervalSeconds: 1\n', (file) => {
      const env = {
        ROOTWARD_REGION: 'environment',
        ROOTWARD_LIFECYCLE_ROTATE_INTERVAL_SECONDS: '2',
        ROOTWARD_URL: 'http://elsewhere',
      };
      const config = loadConfig({ file, env, flags: { region: 'flag' } });
      expect(config).toMatchObject({
        region: 'flag',
        logLevel: 'warn',
        lifecycle: { rotateIntervalSeconds: 2, enableAfterDisableSeconds: 30 },
      });
    });
  });

  it('reads a value from the file that ROOTWARD_…_FILE names', () => {
    withFile('eu-de\n', (file) => expect(loadConfig({ env: { ROOTWARD_REGION_FILE: file } }).region).toBe('eu-de'));
  });

  it('a list is parted by commas in the environment, and is a list in the file', () => {
    const env = { ROOTWARD_TRUSTED_PROXIES: '10.0.0.0/8, ::1' };
    expect(loadConfig({ env }).trustedProxies).toEqual(['10.0.0.0/8', '::1']);
    withFile('trustedProxies: [192.0.2.1]\n', (file) => {
      expect(loadConfig({ file, env: {} }).trustedProxies).toEqual(['192.0.2.1']);
    });
    expect(loadConfig({ env: {} }).trustedProxies).toEqual([]);
  });

  it('an unknown setting is an error that suggests the nearest one', () => {
    withFile('lifecycle:\n  rotateIntervalSecond: 1\n', (file) => {
      expect(() => loadConfig({ file, env: {} })).toThrow(
        expect.objectContaining({ code: 'CONFIG', hint: 'Did you mean lifecycle.rotateIntervalSeconds?' }),
      );
    });
    expect(() => loadConfig({ env: { ROOTWARD_LISTN: 'x' } })).toThrow(
      expect.objectContaining({ hint: 'Did you mean ROOTWARD_LISTEN?' }),
    );
  });

  const provider = { name: 'corp', issuer: 'https://id.example.com', clientId: 'rootward', clientSecret: 'not to be seen' };

  it('providers of logins are maps in a list, as JSON in the environment, with their own defaults', () => {
    const env = { ROOTWARD_LOGIN_PROVIDERS: JSON.stringify([provider]), ROOTWARD_LOGIN_TIMEOUT_SECONDS: '3' };
    const { login } = loadConfig({ env });
    expect(login).toMatchObject({
      timeoutSeconds: 3,
      providers: [{ ...provider, scopes: 'openid email profile', trustEmail: false }],
    });
    const text = `login:\n  providers:\n    - ${JSON.stringify(provider)}\n`;
    withFile(text, (file) => expect(loadConfig({ file, env: {} }).login.providers).toEqual(login.providers));
  });

  it('the secret of a provider is not shown, and no error repeats it', () => {
    const config = loadConfig({ env: { ROOTWARD_LOGIN_PROVIDERS: JSON.stringify([provider]) } });
    expect(JSON.stringify(withoutSecrets(config))).not.toContain('not to be seen');
    expect(withoutSecrets(config).login.providers[0]).toMatchObject({ name: 'corp', clientSecret: '(not shown)' });
    for (const wrong of [
      '[{"clientSecret":"not to be seen"',
      '"not to be seen"',
      '[1]',
      '[null]',
      '[{"clientSecrt":"not to be seen"}]',
    ]) {
      const load = () => loadConfig({ env: { ROOTWARD_LOGIN_PROVIDERS: wrong } });
      expect(load).toThrow(expect.objectContaining({ code: 'CONFIG', message: expect.not.stringContaining('not to be seen') }));
    }
    expect(() => loadConfig({ env: { ROOTWARD_LOGIN_PROVIDERS: '[{"clientSecrt":"x"}]' } })).toThrow(
      expect.objectContaining({ hint: 'Did you mean login.providers.0.clientSecret?' }),
    );
  });

  it.each(['iam', 'crn', 'ibmid', 'Corp', 'c', 'a-b', 'abcdefghijklmnopqrstu'])('no provider is called %s', (name) => {
    const env = { ROOTWARD_LOGIN_PROVIDERS: JSON.stringify([{ ...provider, name }]) };
    expect(() => loadConfig({ env })).toThrow(
      expect.objectContaining({ target: { type: 'field', name: 'login.providers.0.name' } }),
    );
  });

  it('a wrong value is an error that names the setting', () => {
    withFile('lifecycle:\n  rotateIntervalSeconds: soon\n', (file) => {
      expect(() => loadConfig({ file, env: {} })).toThrow(
        expect.objectContaining({ target: { type: 'field', name: 'lifecycle.rotateIntervalSeconds' } }),
      );
    });
    withFile(': : :', (file) => expect(() => loadConfig({ file, env: {} })).toThrow(/cannot be read/));
  });
});
