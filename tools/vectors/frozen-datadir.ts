/** `expected.json` of a frozen data directory: what whoever opens it has to find. */
export interface FrozenDataDir {
  readonly accountId: string;
  readonly instanceId: string;
  readonly clusterId: string;
  /** Under which the plugin seals. */
  readonly activeKeyId: string;
  readonly rotatedKeyId: string;
  readonly versions: number;
  /** States of root keys by their ids. */
  readonly states: Readonly<Record<string, number>>;
  readonly wraps: readonly FrozenWrap[];
  readonly blobs: readonly FrozenBlob[];
}

/** What the key service returned for a plaintext (base64) of a client. */
export interface FrozenWrap {
  readonly keyVersionId: string;
  readonly aad: readonly string[];
  readonly plaintext: string;
  readonly ciphertext: string;
}

/** What the KMS plugin returned to kube-apiserver; both base64. */
export interface FrozenBlob {
  readonly keyId: string;
  readonly plaintext: string;
  readonly ciphertext: string;
}

export const README = `# A frozen data directory

\`data/\` is what a development server has left when it was stopped, without the etcd of its cluster: the database, the seal key, the first API key,
the audit log, and the state of the KMS plugin. \`expected.json\` lists what was wrapped and sealed with it. All of it was made for this purpose by
\`tools/vectors/freeze-datadir.ts\`; the keys in it have never protected anything else.

\`test/e2e/datadir-vector.test.ts\` opens a copy of it at every test run. It is never changed: a change that breaks it breaks somebody's data. When a
format changes, a new directory is frozen beside this one.
`;
