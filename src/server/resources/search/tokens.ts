import { RootwardError } from '../../../contract/errors.ts';

/** Any text, also none. */
export const ANY = Symbol('any text');
/** Exactly one character. */
export const ONE = Symbol('one character');

/** A value to look for: characters in lower case, and wildcards between them. */
export type Pattern = readonly (string | typeof ANY | typeof ONE)[];

export type Token =
  | { readonly kind: '(' | ')' | 'and' | 'or' | 'not' | 'end'; readonly at: number }
  /** `name:`, before what is looked for in it. */
  | { readonly kind: 'field'; readonly name: string; readonly at: number }
  | { readonly kind: 'value'; readonly pattern: Pattern; readonly at: number };

const WORDS: Readonly<Record<string, 'and' | 'or' | 'not'>> = {
  AND: 'and',
  OR: 'or',
  NOT: 'not',
  '&&': 'and',
  '||': 'or',
  '!': 'not',
};
/** `*:*` asks in every field. */
const FIELD = /(?:[A-Za-z_][A-Za-z0-9_.]*|\*):/y;
const END_OF_WORD = /[\s()"]/;
/** What Lucene also has, and this search does not. */
const REFUSED: Readonly<Record<string, string>> = {
  '[': 'ranges are not supported',
  '{': 'ranges are not supported',
  '/': 'regular expressions are not supported',
  '+': 'write AND between the conditions',
  '-': 'write NOT before the condition',
};
const REFUSED_IN_WORD: Readonly<Record<string, string>> = {
  '~': 'fuzzy search is not supported',
  '^': 'weights are not supported',
};

/** Throws SEARCH_QUERY; `at` is the position in the text, from 0. */
export function misunderstood(at: number, why: string): RootwardError {
  return new RootwardError('SEARCH_QUERY', {
    message: `The search was not understood at character ${at + 1}: ${why}.`,
    hint: 'Conditions are written as field:value, joined by AND, OR, NOT and parentheses; * and ? are wildcards.',
    target: { type: 'field', name: 'query' },
  });
}

/** The tokens of a query, the last of them `end`. Throws SEARCH_QUERY. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (/\s/.test(char)) {
      at += 1;
      continue;
    }
    if (char === '(' || char === ')') {
      tokens.push({ kind: char, at });
      at += 1;
      continue;
    }
    const word = wordAt(text, at);
    const operator = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
    if (operator) {
      tokens.push({ kind: operator, at });
      at += word.length;
      continue;
    }
    if (char === '!') {
      tokens.push({ kind: 'not', at });
      at += 1;
      continue;
    }
    at = readCondition(text, at, tokens);
  }
  tokens.push({ kind: 'end', at: text.length });
  return tokens;
}

/** What stands there up to a blank, a parenthesis or a quotation mark. */
function wordAt(text: string, from: number): string {
  let to = from;
  while (to < text.length && !END_OF_WORD.test(text.charAt(to))) to += 1;
  return text.slice(from, to);
}

/** Reads `field:value`, `field:(` or a bare value; where it ends. */
function readCondition(text: string, from: number, tokens: Token[]): number {
  FIELD.lastIndex = from;
  const field = FIELD.exec(text)?.[0];
  if (field === undefined) return readValue(text, from, tokens);
  tokens.push({ kind: 'field', name: field.slice(0, -1), at: from });
  const at = from + field.length;
  if (text.charAt(at) === '(') return at;
  if (at >= text.length || /[\s)]/.test(text.charAt(at))) throw misunderstood(at, 'a value is missing');
  return readValue(text, at, tokens);
}

function readValue(text: string, from: number, tokens: Token[]): number {
  const first = text.charAt(from);
  if (first === '"') return readQuoted(text, from, tokens);
  const refused = REFUSED[first];
  if (refused !== undefined) throw misunderstood(from, refused);
  const pattern: Pattern[number][] = [];
  let at = from;
  while (at < text.length && !END_OF_WORD.test(text.charAt(at))) {
    let char = characterAt(text, at);
    const never = REFUSED_IN_WORD[char];
    if (never !== undefined) throw misunderstood(at, never);
    if (char === '*') pattern.push(ANY);
    else if (char === '?') pattern.push(ONE);
    else {
      if (char === '\\') {
        at += 1;
        if (at >= text.length) throw misunderstood(at - 1, 'nothing follows the backslash');
        char = characterAt(text, at);
      }
      pattern.push(...foldText(char));
    }
    at += char.length;
  }
  if (text.charAt(at) === '"') throw misunderstood(at, 'a quotation mark stands inside a word');
  tokens.push({ kind: 'value', pattern, at: from });
  return at;
}

/** Between quotation marks everything means itself, but for the backslash. */
function readQuoted(text: string, from: number, tokens: Token[]): number {
  const pattern: string[] = [];
  let at = from + 1;
  while (at < text.length) {
    let char = characterAt(text, at);
    if (char === '"') {
      tokens.push({ kind: 'value', pattern, at: from });
      return at + 1;
    }
    if (char === '\\') {
      at += 1;
      char = characterAt(text, at);
    }
    pattern.push(...foldText(char));
    at += char.length;
  }
  throw misunderstood(from, 'the quotation does not end');
}

/** The whole character there, also one that takes two places; empty behind the end. */
function characterAt(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? '' : String.fromCodePoint(code);
}

/** The characters of a text without regard to case, each by itself, so that a part of a text folds as it does in the whole. */
export function foldText(text: string): string[] {
  return Array.from(text).flatMap((char) => Array.from(char.toLowerCase()));
}
