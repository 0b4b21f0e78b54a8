import { misunderstood, type Pattern, type Token, tokensOf } from './tokens.ts';

/** What is asked for. */
export type Condition =
  | { readonly kind: 'all' }
  /** `field` absent: in any of those that people know a thing by. */
  | { readonly kind: 'term'; readonly field: string | undefined; readonly pattern: Pattern }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition };

const DEEPEST = 32;
const MOST_TERMS = 128;

/** The fields of what can be found; those of `doc` are whatever the thing's own API shows. */
const FIELDS: ReadonlySet<string> = new Set([
  'crn',
  'name',
  'family',
  'type',
  'account_id',
  'region',
  'service_name',
  'service_instance',
  'resource_group_id',
  'resource_id',
  'tags',
  'creation_date',
  'modification_date',
]);

/**
 * Reads a query in the part of Lucene's language that is supported: `field:value` and `field:(…)`, quotations, wildcards, AND, OR, NOT
 * and parentheses; NOT binds before AND, and AND before OR. Throws SEARCH_QUERY for everything else, saying where it is.
 */
export function parseQuery(text: string): Condition {
  const tokens = tokensOf(text);
  let next = 0;
  let terms = 0;
  const peek = (): Token => tokens[next] ?? { kind: 'end', at: text.length };
  const take = (): Token => {
    const token = peek();
    next += 1;
    return token;
  };

  function joined(kind: 'and' | 'or', part: () => Condition): Condition {
    const parts = [part()];
    while (peek().kind === kind) {
      take();
      parts.push(part());
    }
    const [only] = parts;
    return only && parts.length === 1 ? only : { kind, parts };
  }

  const alternatives = (field: string | undefined, depth: number): Condition =>
    joined('or', () => joined('and', () => negation(field, depth)));

  function negation(field: string | undefined, depth: number): Condition {
    let negative = false;
    while (peek().kind === 'not') {
      take();
      negative = !negative;
    }
    const part = primary(field, depth);
    return negative ? { kind: 'not', part } : part;
  }

  function primary(field: string | undefined, depth: number): Condition {
    const token = take();
    switch (token.kind) {
      case '(':
        return group(field, depth, token.at);
      case 'field': {
        if (field !== undefined) throw misunderstood(token.at, 'a field stands inside another one');
        return primary(checkField(token), depth);
      }
      case 'value': {
        terms += 1;
        if (terms > MOST_TERMS) throw misunderstood(token.at, `more than ${MOST_TERMS} conditions are too many`);
        return { kind: 'term', field, pattern: token.pattern };
      }
      case 'end':
        throw misunderstood(token.at, 'it ends where a condition should be');
      case ')':
        throw misunderstood(token.at, 'a condition is missing before the parenthesis');
      default:
        throw misunderstood(token.at, `a condition is missing before ${token.kind.toUpperCase()}`);
    }
  }

  function group(field: string | undefined, depth: number, at: number): Condition {
    if (depth >= DEEPEST) throw misunderstood(at, `more than ${DEEPEST} parentheses in each other are too many`);
    const inner = alternatives(field, depth + 1);
    const end = take();
    if (end.kind !== ')') throw misunderstood(end.at, end.kind === 'end' ? 'a parenthesis is not closed' : JOIN);
    return inner;
  }

  if (peek().kind === 'end') return { kind: 'all' };
  const condition = alternatives(undefined, 0);
  const rest = peek();
  if (rest.kind === 'end') return condition;
  throw misunderstood(rest.at, rest.kind === ')' ? 'a parenthesis was never opened' : JOIN);
}

const JOIN = 'write AND or OR between two conditions';

function checkField({ name, at }: { readonly name: string; readonly at: number }): string | undefined {
  if (name === '*') return undefined;
  if (FIELDS.has(name) || /^doc(\.[A-Za-z0-9_]+)+$/.test(name)) return name;
  throw misunderstood(at, `there is no field ${name}; there are ${[...FIELDS].join(', ')} and doc.*`);
}
