import { RootwardError } from '../../contract/errors.ts';

/** What a filter asks of one field of a row. */
interface Condition {
  readonly field: string;
  readonly operator: 'eq' | 'ne' | 'co' | 'sw' | 'ew';
  readonly value: string;
}

export type RowFilter = (row: object) => boolean;

const CONDITION = /^\s*([a-z_]+)\s+(eq|ne|co|sw|ew)\s+"((?:[^"\\]|\\["\\])*)"\s*/i;

/**
 * Reads `name eq "x" and description co "y"`: equal, not equal, contains, starts with, ends with; texts compare exactly. Throws
 * INVALID_QUERY where it is something else, or names a field that is not among `fields`.
 */
export function parseFilter(text: string, fields: readonly string[]): RowFilter {
  const conditions: Condition[] = [];
  let rest = text;
  for (;;) {
    const [whole, field = '', operator = '', value = ''] = CONDITION.exec(rest) ?? [];
    if (whole === undefined || !fields.includes(field)) throw wrong(fields);
    conditions.push({
      field,
      operator: operator.toLowerCase() as Condition['operator'],
      value: value.replaceAll(/\\(["\\])/g, '$1'),
    });
    rest = rest.slice(whole.length);
    if (rest === '') return (row) => conditions.every((condition) => holds(condition, { ...row }));
    const [and] = /^and(?=\s)/i.exec(rest) ?? [];
    if (and === undefined) throw wrong(fields);
    rest = rest.slice(and.length);
  }
}

function holds({ field, operator, value }: Condition, row: Readonly<Record<string, unknown>>): boolean {
  const actual = String(row[field] ?? '');
  switch (operator) {
    case 'eq':
      return actual === value;
    case 'ne':
      return actual !== value;
    case 'co':
      return actual.includes(value);
    case 'sw':
      return actual.startsWith(value);
    case 'ew':
      return actual.endsWith(value);
  }
}

function wrong(fields: readonly string[]): RootwardError {
  return new RootwardError('INVALID_QUERY', {
    message: `Query parameter filter is not understood. It is such as name eq "x" and description co "y", with eq, ne, co, sw or ew on ${fields.join(', ')}.`,
    target: { type: 'query_param', name: 'filter' },
  });
}
