import { createImportKeyPairs, type ImportKeyPair, type ImportKeyPairs } from '../import-tokens/key-pairs.ts';

let pair: Promise<ImportKeyPair> | undefined;

/** One pair for every import token of a test file: making it takes a second or more. */
export const reusedKeyPair: ImportKeyPairs = {
  next() {
    pair ??= createImportKeyPairs().next();
    return pair;
  },
};
