/** A certificate and its private key, both PEM (the key as PKCS #8). */
export interface CertifiedKey {
  readonly certificate: string;
  readonly privateKey: string;
}

/**
 * Every key of one hosted cluster as plain JSON. The owner of the data directory keeps it sealed; the private keys of the two
 * authorities and of the administrator are in no file, ever.
 */
export interface PkiBundle {
  readonly version: 1;
  readonly clusterAuthority: CertifiedKey;
  readonly etcdAuthority: CertifiedKey;
  readonly serviceAccount: { readonly publicKey: string; readonly privateKey: string };
  readonly apiserver: CertifiedKey;
  readonly admin: CertifiedKey;
  readonly agent: CertifiedKey;
  readonly etcdServer: CertifiedKey;
  readonly etcdPeer: CertifiedKey;
  readonly etcdClient: CertifiedKey;
}
