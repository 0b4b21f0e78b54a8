import { describe, expect, it } from 'vitest';
import { arrange, readsWith, writingProvider } from './arrange.ts';
import type { EncryptionConfiguration, Provider } from './encryption-config.ts';

const ours = { name: 'rootward', socketPath: '/run/kms.sock' };
const kms = { kms: { apiVersion: 'v2', name: 'rootward', endpoint: 'unix:///run/kms.sock', timeout: '3s' } };
const identity = { identity: {} };
const aescbc = { aescbc: { keys: [{ name: 'key1', secret: Buffer.alloc(32).toString('base64') }] } };

function of(providers: Provider[], resources = ['secrets']): EncryptionConfiguration {
  return { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'EncryptionConfiguration', resources: [{ resources, providers }] };
}

function providers(
  current: EncryptionConfiguration | undefined,
  arrangement: Parameters<typeof arrange>[3],
): Provider[] | undefined {
  return arrange(current, ['secrets'], ours, arrangement).resources[0]?.providers;
}

describe('arrange', () => {
  it('leads from identity to ours alone and back, each step made from the one before', () => {
    const start = of([identity]);
    const reading = arrange(start, ['secrets'], ours, 'read-everywhere');
    const writing = arrange(reading, ['secrets'], ours, 'write');
    const finished = arrange(writing, ['secrets'], ours, 'finish');
    expect(reading.resources[0]?.providers).toEqual([identity, kms]);
    expect(writing.resources[0]?.providers).toEqual([kms, identity]);
    expect(finished.resources[0]?.providers).toEqual([kms]);
    expect(arrange(reading, ['secrets'], ours, 'identity')).toEqual(start);
  });

  it('is the same when done twice', () => {
    for (const arrangement of ['identity', 'read-everywhere', 'write', 'finish'] as const) {
      const once = arrange(of([aescbc, identity]), ['secrets'], ours, arrangement);
      expect(arrange(once, ['secrets'], ours, arrangement).resources[0]?.providers[0]).toEqual(once.resources[0]?.providers[0]);
    }
  });

  it('keeps providers that were there before ours until the end', () => {
    expect(providers(of([aescbc, identity]), 'read-everywhere')).toEqual([aescbc, identity, kms]);
    expect(providers(of([aescbc, identity, kms]), 'write')).toEqual([kms, aescbc, identity]);
    expect(providers(of([kms, aescbc, identity]), 'identity')).toEqual([aescbc, identity]);
  });

  it('begins with identity where there is no configuration, and leaves other entries alone', () => {
    expect(providers(undefined, 'read-everywhere')).toEqual([identity, kms]);
    const other = of([aescbc], ['configmaps']);
    expect(arrange(other, ['secrets'], ours, 'write').resources.slice(1)).toEqual(other.resources);
  });

  it('refuses to take one resource out of a list with others', () => {
    expect(() => providers(of([identity], ['secrets', 'configmaps']), 'write')).toThrow(
      expect.objectContaining({ code: 'ENCRYPTION_CONFIG' }),
    );
  });

  it('tells who writes and who can read', () => {
    expect(writingProvider(of([kms, identity]), 'secrets')).toEqual(kms);
    expect(writingProvider(undefined, 'secrets')).toEqual(identity);
    expect(readsWith(of([identity, kms]), 'secrets', 'rootward')).toBe(true);
    expect(readsWith(of([identity]), 'secrets', 'rootward')).toBe(false);
  });
});
