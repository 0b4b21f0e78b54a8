import type { ClaimRuleRequest } from '../../../contract/trusted-profiles/claim-rule.ts';

/** What is kept of a login by an identity provider: the claims that some rule asks for, each as its texts. */
export interface LoginClaims {
  /** Names by which rules may mean the provider: its name here, and its issuer. */
  readonly realms: readonly string[];
  readonly values: Readonly<Record<string, readonly string[]>>;
}

export type ClaimRuleDocument = Pick<ClaimRuleRequest, 'expiration' | 'conditions'> & { readonly realm_name?: string };

/** More than a login may say of somebody. Beyond it a claim is not kept, and rules about it do not hold. */
const MOST_TEXTS = 500;
const LONGEST_TEXT = 1000;

/** The claims that `rules` ask about, from all that a provider said. */
export function claimsForRules(
  rules: readonly ClaimRuleDocument[],
  realms: readonly string[],
  said: Readonly<Record<string, unknown>>,
): LoginClaims | undefined {
  const asked = rules.filter((rule) => isOfRealm(rule, realms)).flatMap(({ conditions }) => conditions.map(({ claim }) => claim));
  const kept = [...new Set(asked)].flatMap((claim) => {
    const texts = textsOf(claimOf(said, claim));
    return texts && texts.length > 0 ? [[claim, texts] as const] : [];
  });
  return kept.length === 0 ? undefined : { realms, values: Object.fromEntries(kept) };
}

/** Whether all of a rule's conditions hold. None holds about a claim that was not there, not even that it is another. */
export function ruleHolds(rule: ClaimRuleDocument, { realms, values }: LoginClaims): boolean {
  return (
    isOfRealm(rule, realms) &&
    rule.conditions.length > 0 &&
    rule.conditions.every(({ claim, operator, value }) => {
      const texts = Object.hasOwn(values, claim) ? values[claim] : undefined;
      return texts !== undefined && holds(operator, texts, JSON.parse(value) as unknown);
    })
  );
}

/** A claim with several texts equals none; it contains each of them whole, and never a part of one. */
function holds(operator: string, texts: readonly string[], wanted: unknown): boolean {
  const only = texts.length === 1 ? texts[0] : undefined;
  const isOnly = (fold: (text: string) => string): boolean =>
    only !== undefined && typeof wanted === 'string' && fold(only) === fold(wanted);
  const asIs = (text: string): string => text;
  // Only letters that have no other capitals: no two texts become the same that look different.
  const small = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  switch (operator) {
    case 'EQUALS':
      return isOnly(asIs);
    case 'NOT_EQUALS':
      return !texts.some((text) => text === wanted);
    case 'EQUALS_IGNORE_CASE':
      return isOnly(small);
    case 'NOT_EQUALS_IGNORE_CASE':
      return typeof wanted === 'string' && !texts.some((text) => small(text) === small(wanted));
    case 'CONTAINS':
      return texts.some((text) => text === wanted);
    case 'IN':
      return Array.isArray(wanted) && only !== undefined && wanted.includes(only);
    default:
      return false;
  }
}

const isOfRealm = ({ realm_name }: ClaimRuleDocument, realms: readonly string[]): boolean =>
  realm_name !== undefined && realms.includes(realm_name);

/** By its name, which may contain dots, or as a path: `realm_access.roles`. */
function claimOf(said: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(said, name)) return said[name];
  let value: unknown = said;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

function textsOf(value: unknown): string[] | undefined {
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  if (list.length > MOST_TEXTS) return undefined;
  const texts = list.map((one) => (typeof one === 'number' || typeof one === 'boolean' ? String(one) : one));
  return texts.every((text) => typeof text === 'string' && text.length <= LONGEST_TEXT) ? (texts as string[]) : undefined;
}
