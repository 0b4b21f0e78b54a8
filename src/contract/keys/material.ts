import Type from 'typebox';
import type { ErrorCode } from '../errors.ts';
import { BASE64 } from './key.ts';

/** 512 bytes: one block of an import token's RSA key. */
const ENCRYPTED_MATERIAL = 684;

/** Key material from outside: in the clear, or, with nonce and iv, as the import token's key encrypted it. */
export const RootKeyMaterial = {
  payload: Type.Optional(Type.String({ pattern: BASE64, maxLength: ENCRYPTED_MATERIAL })),
  encryptionAlgorithm: Type.Optional(Type.String({ maxLength: 64 })),
  encryptedNonce: Type.Optional(Type.String({ pattern: BASE64, maxLength: 128 })),
  iv: Type.Optional(Type.String({ pattern: BASE64, maxLength: 64 })),
} as const;

/** Why encrypted material may be refused. */
export const ROOT_KEY_MATERIAL_ERRORS = [
  'IMPORT_NONCE',
  'IMPORT_NONCE_IV',
  'IMPORT_TOKEN_EXPIRED',
] as const satisfies ErrorCode[];
