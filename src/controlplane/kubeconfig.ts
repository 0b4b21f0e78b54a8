import { stringify } from 'yaml';
import type { PkiBundle } from './pki/bundle.ts';

export interface KubeconfigRequest {
  readonly clusterName: string;
  /** `https://127.0.0.1:<port>` of one apiserver. */
  readonly url: string;
  readonly pki: PkiBundle;
}

/** The administrator's kubeconfig as YAML, with certificates and key inside. It is a secret. */
export function adminKubeconfig(request: KubeconfigRequest): string {
  const { clusterName, url, pki } = request;
  const user = `${clusterName}-admin`;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: clusterName, cluster: { server: url, 'certificate-authority-data': base64(pki.clusterAuthority.certificate) } },
    ],
    users: [
      {
        name: user,
        user: { 'client-certificate-data': base64(pki.admin.certificate), 'client-key-data': base64(pki.admin.privateKey) },
      },
    ],
    contexts: [{ name: clusterName, context: { cluster: clusterName, user } }],
    'current-context': clusterName,
  });
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
