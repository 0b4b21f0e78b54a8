import { RootwardError } from '../../../contract/errors.ts';
import type { ClaimRuleRequest } from '../../../contract/trusted-profiles/claim-rule.ts';

/** Throws INVALID_FIELD or NOT_SUPPORTED where a claim rule could never be decided as it says. */
export function checkRule({ type, realm_name, cr_type, conditions }: ClaimRuleRequest): void {
  if (type === 'Profile-CR' || cr_type !== undefined) {
    throw new RootwardError('NOT_SUPPORTED', {
      message: 'Compute resources do not act as trusted profiles here. The type of a rule is Profile-SAML.',
      target: { type: 'field', name: type === 'Profile-CR' ? 'type' : 'cr_type' },
    });
  }
  if (realm_name === undefined) throw wrong('realm_name', 'is missing: it names the identity provider');
  for (const [index, { operator, value }] of conditions.entries()) {
    const parsed = parse(value);
    const isList = Array.isArray(parsed) && parsed.length > 0 && parsed.every((item) => typeof item === 'string');
    if (operator === 'IN' ? isList : typeof parsed === 'string') continue;
    const shape = operator === 'IN' ? 'a JSON array of texts, such as ["a","b"]' : 'a JSON text, such as "a" with its quotes';
    throw wrong(`conditions.${index}.value`, `is not ${shape}`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function wrong(name: string, why: string): RootwardError {
  return new RootwardError('INVALID_FIELD', { message: `Field ${name} ${why}.`, target: { type: 'field', name } });
}
