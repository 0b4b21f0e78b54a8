/** A statement, and the values of its parameters $1, $2 and so on. */
export interface Sent {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/**
 * Several statements as one, so that they take one turn at the server. They must not depend on each other, nor touch the same row: all
 * of them see what was there before any of them.
 */
export function together(statements: readonly Sent[]): Sent {
  const key = statements.map(({ sql }) => sql).join(';');
  const sql = texts.get(key) ?? textOf(statements);
  texts.set(key, sql);
  return { sql, parameters: statements.flatMap(({ parameters }) => parameters) };
}

/** There are as many as there are kinds of changes. */
const texts = new Map<string, string>();

function textOf(statements: readonly Sent[]): string {
  let before = 0;
  const numbered = statements.map(({ sql, parameters }) => {
    const from = before;
    before += parameters.length;
    return sql.replace(/\$(\d+)/g, (_, number: string) => `$${Number(number) + from}`);
  });
  const last = numbered.pop() ?? '';
  const named = numbered.map((text, at) => `s${at} as (${text})`);
  return named.length === 0 ? last : `with ${named.join(', ')} ${last}`;
}
