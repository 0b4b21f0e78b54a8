import { BASE64, INSTANT } from '../../contract/keys/key.ts';

/** Patterns that are no help to whoever reads them, in words to be read after the name of a field. */
export const PATTERN_WORDS: ReadonlyMap<string, string> = new Map([
  [BASE64, 'must be standard base64 with its padding'],
  [INSTANT, 'must be an RFC 3339 instant with its zone, such as 2030-01-31T00:00:00Z'],
]);
