import { matchesGlob } from './glob.ts';

/**
 * One condition of a stored policy. No operator: `stringEquals`, and that is how it is stored. Text is compared by UTF-16 code units
 * and nothing else: case, Unicode normal forms and invisible characters all make a difference.
 */
export type Condition =
  | { readonly name: string; readonly value: string; readonly operator?: 'stringEquals' | 'stringMatch' }
  | { readonly name: string; readonly value: boolean; readonly operator: 'stringExists' }
  | { readonly name: string; readonly value: readonly string[]; readonly operator: 'stringEqualsAnyOf' | 'stringMatchAnyOf' };

/**
 * Does the condition hold for an attribute with this value? One that is absent satisfies `stringExists: false` only, and not even
 * that if it stands for any value (`whole`). A condition that nobody could have written holds for nothing.
 */
export function holds({ operator, value }: Condition, actual: string | undefined, whole = false): boolean {
  if (operator === 'stringExists') return actual === undefined ? value === false && !whole : value === true;
  if (actual === undefined) return false;
  switch (operator) {
    case undefined:
    case 'stringEquals':
      return actual === value;
    case 'stringMatch':
      return typeof value === 'string' && matchesGlob(value, actual);
    case 'stringEqualsAnyOf':
      return Array.isArray(value) && value.includes(actual);
    case 'stringMatchAnyOf':
      return Array.isArray(value) && value.some((pattern) => typeof pattern === 'string' && matchesGlob(pattern, actual));
    default:
      return false;
  }
}
