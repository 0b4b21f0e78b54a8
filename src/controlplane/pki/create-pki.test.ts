import { createPrivateKey, createPublicKey, sign, verify, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PkiBundle } from './bundle.ts';
import { createPki, renewPki } from './create-pki.ts';
import { materialise } from './materialise.ts';

const NOW = new Date('2031-05-01T12:00:00Z');
const YEAR = 365 * 86_400_000;
let pki: PkiBundle;
let root: string;

beforeAll(async () => {
  pki = await createPki(NOW);
  root = mkdtempSync(join(tmpdir(), 'rootward-pki-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a new bundle', () => {
  it('survives JSON', () => {
    expect(JSON.parse(JSON.stringify(pki))).toEqual(pki);
  });

  it.each([
    ['apiserver', 'clusterAuthority'],
    ['admin', 'clusterAuthority'],
    ['agent', 'clusterAuthority'],
    ['etcdServer', 'etcdAuthority'],
    ['etcdPeer', 'etcdAuthority'],
    ['etcdClient', 'etcdAuthority'],
  ] as const)('%s is signed by the %s, not by the other one, and goes with its key', (leaf, authority) => {
    const certificate = new X509Certificate(pki[leaf].certificate);
    const other = authority === 'etcdAuthority' ? pki.clusterAuthority : pki.etcdAuthority;
    expect(certificate.verify(new X509Certificate(pki[authority].certificate).publicKey)).toBe(true);
    expect(certificate.verify(new X509Certificate(other.certificate).publicKey)).toBe(false);
    expect(certificate.checkPrivateKey(createPrivateKey(pki[leaf].privateKey))).toBe(true);
    expect(certificate.ca).toBe(false);
  });

  it('names the apiserver by every name that a client may use', () => {
    const certificate = new X509Certificate(pki.apiserver.certificate);
    for (const host of ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc']) {
      expect(certificate.checkHost(host)).toBe(host);
    }
    for (const address of ['127.0.0.1', '10.96.0.1']) expect(certificate.checkIP(address)).toBe(address);
    expect(certificate.checkHost('example.org')).toBeUndefined();
  });

  it('makes administrators of two users only', () => {
    const subjects = (['admin', 'agent', 'apiserver'] as const).map((leaf) => new X509Certificate(pki[leaf].certificate).subject);
    expect(subjects).toEqual([
      'O=system:masters\nCN=kubernetes-admin',
      'O=system:masters\nCN=rootward:cluster-agent',
      'CN=kube-apiserver',
    ]);
  });

  it('has a service-account key pair that belongs together', () => {
    const signature = sign('sha256', Buffer.from('x'), createPrivateKey(pki.serviceAccount.privateKey));
    expect(verify('sha256', Buffer.from('x'), createPublicKey(pki.serviceAccount.publicKey), signature)).toBe(true);
  });

  it('never repeats a key', () => {
    const keys = Object.values(pki).flatMap((part) =>
      typeof part === 'object' && 'privateKey' in part ? [part.privateKey] : [],
    );
    expect(new Set(keys).size).toBe(9);
  });
});

describe('renewal', () => {
  it('changes nothing while a year is left', async () => {
    expect(await renewPki(pki, new Date(NOW.getTime() + YEAR))).toBe(pki);
  });

  it('issues new leaves under the same authorities afterwards', async () => {
    const later = new Date(NOW.getTime() + 2.5 * YEAR);
    const renewed = await renewPki(pki, later);
    expect(renewed.clusterAuthority).toEqual(pki.clusterAuthority);
    expect(renewed.serviceAccount).toEqual(pki.serviceAccount);
    const certificate = new X509Certificate(renewed.admin.certificate);
    expect(certificate.verify(new X509Certificate(pki.clusterAuthority.certificate).publicKey)).toBe(true);
    expect(certificate.validToDate.getTime()).toBeGreaterThan(later.getTime() + 2 * YEAR);
  });
});

describe('files', () => {
  it('hold no private key of an authority or of the administrator, and only the etcd client key outside tmpfs', () => {
    const directories = { shared: join(root, 'pki'), secret: join(root, 'memory', 'pki') };
    materialise(pki, directories);
    const texts = Object.values(directories).flatMap((directory) =>
      readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8')),
    );
    for (const secret of [pki.clusterAuthority, pki.etcdAuthority, pki.admin]) expect(texts).not.toContain(secret.privateKey);
    const shared = readdirSync(directories.shared).filter((name) =>
      readFileSync(join(directories.shared, name), 'utf8').includes('PRIVATE'),
    );
    expect(shared).toEqual(['etcd-client.key']);
    for (const name of readdirSync(directories.secret)) expect(statSync(join(directories.secret, name)).mode & 0o777).toBe(0o600);
    expect(statSync(directories.secret).mode & 0o777).toBe(0o700);
  });

  it('that are right already are left alone, and missing ones are written again', () => {
    const directories = { shared: join(root, 'pki'), secret: join(root, 'memory', 'pki') };
    materialise(pki, directories);
    const kept = statSync(join(directories.secret, 'apiserver.key')).ino;
    rmSync(join(directories.secret, 'agent.key'));
    materialise(pki, directories);
    expect(statSync(join(directories.secret, 'apiserver.key')).ino).toBe(kept);
    expect(existsSync(join(directories.secret, 'agent.key'))).toBe(true);
  });
});
