import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from './config.ts';

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

  it('a wrong value is an error that names the setting', () => {
    withFile('lifecycle:\n  rotateIntervalSeconds: soon\n', (file) => {
      expect(() => loadConfig({ file, env: {} })).toThrow(
        expect.objectContaining({ target: { type: 'field', name: 'lifecycle.rotateIntervalSeconds' } }),
      );
    });
    withFile(': : :', (file) => expect(() => loadConfig({ file, env: {} })).toThrow(/cannot be read/));
  });
});
