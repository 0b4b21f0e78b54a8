import type { Column } from '../../contract/views/column.ts';

/** How the answer of an operation is shown. */
export interface View {
  /** Field of the answer that holds the things themselves; the envelope around them is not shown. */
  readonly items?: string;
  /** The answer is about one thing, also where it comes as an array of one. */
  readonly single?: true;
  readonly columns: readonly Column<unknown>[];
  /** What is said where the list is empty. */
  readonly none?: string;
}

function page<T>(columns: readonly Column<T>[], items?: string): View {
  return { columns: columns as readonly Column<unknown>[], single: true, ...(items !== undefined && { items }) };
}

function list<T>(columns: readonly Column<T>[], none: string, items?: string): View {
  return { columns: columns as readonly Column<unknown>[], none, ...(items !== undefined && { items }) };
}

/** A plain reading of one field, for answers that need no sentence of their own. */
function field(title: string, name: string): Column<Readonly<Record<string, unknown>>> {
  return {
    title,
    value: (thing) => {
      const value = thing[name];
      return value === undefined || value === null ? '' : String(value);
    },
  };
}

export const show = { page, list, field } as const;
