/** What is known of a frozen backup archive; `expected.json` beside it. Its secrets were made for it and protect nothing. */
export interface FrozenBackup {
  readonly recoveryCode: string;
  readonly accountId: string;
  readonly instanceId: string;
  /** Restore epoch of the server that made it. */
  readonly epoch: number;
  readonly keys: number;
  readonly keyVersions: number;
  readonly wraps: readonly FrozenWrap[];
  readonly standard: { readonly keyId: string; readonly payload: string };
}

export interface FrozenWrap {
  readonly keyId: string;
  /** base64. */
  readonly plaintext: string;
  readonly aad: readonly string[];
  readonly ciphertext: string;
}
