import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RootwardError } from '../../contract/errors.ts';
import { FUZZ_MS, FUZZ_RUNS } from '../../contract/testkit/fuzz-runs.ts';
import { parseEncryptionConfig, renderEncryptionConfig, sameConfiguration } from './encryption-config.ts';

const KEY32 = Buffer.alloc(32, 7).toString('base64');

function config(entry: { resources?: unknown; providers?: unknown }, more: object = {}): string {
  const { resources = ['secrets'], providers = [{ identity: {} }] } = entry;
  return JSON.stringify({
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'EncryptionConfiguration',
    resources: [{ resources, providers }],
    ...more,
  });
}

function kms(fields: object): string {
  return config({ providers: [{ kms: { apiVersion: 'v2', name: 'rootward', endpoint: 'unix:///run/kms.sock', ...fields } }] });
}

describe('what kube-apiserver would refuse is refused before it is written', () => {
  it.each([
    ['no YAML', '{{'],
    ['another kind', config({}, { kind: 'Other' })],
    ['an unknown field', config({}, { extra: 1 })],
    ['no entry', config({}, { resources: [] })],
    ['no resource', config({ resources: [] })],
    ['no provider', config({ providers: [] })],
    ['an empty provider', config({ providers: [{}] })],
    ['two types in one element', config({ providers: [{ identity: {}, aescbc: { keys: [{ name: 'a', secret: KEY32 }] } }] })],
    ['an unknown provider type', config({ providers: [{ rot13: {} }] })],
    ['capital letters', config({ resources: ['Secrets'] })],
    ['a bare star', config({ resources: ['*'] })],
    ['a resource twice', config({ resources: ['secrets', 'secrets'] })],
    ['a masked resource', config({ resources: ['secrets', '*.'] })],
    ['a masked group', config({ resources: ['deployments.apps', '*.apps'] })],
    ['a mask over everything', config({ resources: ['*.*', 'pods'] })],
    ['one resource across groups', config({ resources: ['secrets.*'] })],
    ['events of their new group', config({ resources: ['events.events.k8s.io'] })],
    ['the removed group', config({ resources: ['ingresses.extensions'] })],
    ['a resource without REST API', config({ resources: ['serviceipallocations'] })],
    ['a short key', config({ providers: [{ aescbc: { keys: [{ name: 'a', secret: 'YWJj' }] } }] })],
    ['a key that is no base64', config({ providers: [{ secretbox: { keys: [{ name: 'a', secret: '****' }] } }] })],
    ['no key', config({ providers: [{ aesgcm: { keys: [] } }] })],
    ['a KMS of another version', kms({ apiVersion: 'v3' })],
    ['a colon in the name', kms({ name: 'a:b' })],
    ['a cache size for v2', kms({ cachesize: 10 })],
    ['no time at all', kms({ timeout: '0s' })],
    ['a socket that is a host name', kms({ endpoint: 'unix://run/kms.sock' })],
    ['an abstract socket', kms({ endpoint: 'unix:///@kms' })],
    ['TCP', kms({ endpoint: 'tcp://127.0.0.1:1' })],
    ['a path that no socket address holds', kms({ endpoint: `unix:///${'a'.repeat(120)}` })],
    [
      'one KMS name twice',
      config({ providers: [1, 2].map(() => ({ kms: { apiVersion: 'v2', name: 'a', endpoint: 'unix:///a' } })) }),
    ],
  ])('%s', (_what, text) => {
    expect(() => parseEncryptionConfig(text)).toThrow(expect.objectContaining({ code: 'ENCRYPTION_CONFIG' }));
  });

  it('never repeats a key in the refusal', () => {
    const secret = Buffer.alloc(31, 9).toString('base64');
    for (const text of [config({ providers: [{ aescbc: { keys: [{ name: 'a', secret }] } }] }), `resources: [${secret}: {\n`]) {
      try {
        parseEncryptionConfig(text);
        expect.unreachable();
      } catch (error) {
        expect(`${(error as Error).message} ${(error as Error).cause}`).not.toContain(secret);
      }
    }
  });

  it('answers any text with a configuration or a typed error', { timeout: FUZZ_MS }, () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          parseEncryptionConfig(text);
        } catch (error) {
          expect(error).toBeInstanceOf(RootwardError);
        }
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});

it('accepts what clusters use, and rendering keeps its meaning', () => {
  const text = config({
    resources: ['secrets', 'configmaps', 'widgets.example.com'],
    providers: [
      { kms: { apiVersion: 'v2', name: 'rootward', endpoint: 'unix:///run/kms.sock', timeout: '3s' } },
      { aescbc: { keys: [{ name: 'key1', secret: KEY32 }] } },
      { identity: {} },
    ],
  });
  const parsed = parseEncryptionConfig(text);
  const rendered = renderEncryptionConfig(parsed);
  expect(sameConfiguration(parseEncryptionConfig(rendered), parsed)).toBe(true);
  expect(renderEncryptionConfig(parseEncryptionConfig(rendered))).toBe(rendered);
});
