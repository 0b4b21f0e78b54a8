/** A text that cannot be kept as it is, and why, to be read after its name. */
export interface UnstorableText {
  /** The names and indexes on the way to it, with dots between. */
  readonly path: string;
  readonly fault: string;
}

/** Deeper than any field of an operation: what is there is unknown and left aside. */
const DEEPEST = 32;

/** The first text in `value` that the store does not keep: one engine has no NUL, and half of a surrogate pair has no UTF-8 form. */
export function unstorableText(value: unknown, depth = 0): UnstorableText | undefined {
  if (typeof value === 'string') {
    const fault = faultOf(value);
    return fault === undefined ? undefined : { path: '', fault };
  }
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return undefined;
  // Of every request: an array of pairs would be made for nothing.
  for (const name of Object.keys(value)) {
    const found = unstorableText((value as Readonly<Record<string, unknown>>)[name], depth + 1);
    if (found) return { path: found.path === '' ? name : `${name}.${found.path}`, fault: found.fault };
  }
  return undefined;
}

function faultOf(text: string): string | undefined {
  if (text.includes('\0')) return 'must not contain the character NUL';
  return text.isWellFormed() ? undefined : 'contains half of a surrogate pair, which is not valid Unicode';
}
