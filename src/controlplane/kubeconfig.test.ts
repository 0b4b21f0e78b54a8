import { KubeConfig } from '@kubernetes/client-node';
import { expect, it } from 'vitest';
import { adminKubeconfig } from './kubeconfig.ts';
import { createPki } from './pki/create-pki.ts';

it('is read back by the Kubernetes client with the same address, authority and key', async () => {
  const pki = await createPki(new Date());
  const config = new KubeConfig();
  config.loadFromString(adminKubeconfig({ clusterName: 'shop: "1"', url: 'https://127.0.0.1:6443', pki }));
  expect(config.getCurrentCluster()).toMatchObject({
    name: 'shop: "1"',
    server: 'https://127.0.0.1:6443',
    caData: Buffer.from(pki.clusterAuthority.certificate).toString('base64'),
    skipTLSVerify: false,
  });
  expect(config.getCurrentUser()).toMatchObject({
    certData: Buffer.from(pki.admin.certificate).toString('base64'),
    keyData: Buffer.from(pki.admin.privateKey).toString('base64'),
  });
});
