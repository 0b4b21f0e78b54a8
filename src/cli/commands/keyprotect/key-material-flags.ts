import type { Command } from 'commander';

/** Flags that bring material for a root key: in the clear, or encrypted for the import token of the instance. */
export interface MaterialFlags {
  readonly keyMaterial?: string;
  readonly encryptedNonce?: string;
  readonly iv?: string;
  readonly sha1?: boolean;
}

export function addMaterialFlags(command: Command): Command {
  return command
    .option('-k, --key-material <base64>', 'material to import; generated if absent')
    .option('-n, --encrypted-nonce <base64>', 'nonce of the import token, encrypted with the material')
    .option('-v, --iv <base64>', 'initialisation vector of the encrypted nonce')
    .option('--sha1', 'the material was encrypted with SHA-1, as Hyper Protect Crypto Services wants it');
}

/** What the flags say, as fields of a new key. */
export function materialOf({ keyMaterial, encryptedNonce, iv, sha1 }: MaterialFlags) {
  const encryptionAlgorithm = sha1 ? 'RSAES_OAEP_SHA_1' : 'RSAES_OAEP_SHA_256';
  return { payload: keyMaterial, encryptedNonce, iv, ...((encryptedNonce !== undefined || sha1) && { encryptionAlgorithm }) };
}
