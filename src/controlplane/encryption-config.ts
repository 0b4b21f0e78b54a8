import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeAtomically } from './atomic-file.ts';
import { encryptionConfigPath } from './cluster-paths.ts';

/** A new cluster has the flag from birth with nothing but `identity`, so enabling changes a file and never a flag. */
const AT_BIRTH = `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources:
      - secrets
    providers:
      - identity: {}
`;

/** Writes the first file if there is none; what an agent wrote stays. Returns its path. */
export function ensureEncryptionConfig(clusterDirectory: string, index: number): string {
  const path = encryptionConfigPath(clusterDirectory, index);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (!existsSync(path)) writeAtomically(path, AT_BIRTH);
  return path;
}

/** SHA-256 of the file's bytes in hex, as kept in the record of the apiserver that was started with it. */
export function encryptionConfigSha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
