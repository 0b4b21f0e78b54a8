import { RootwardError } from '../../../contract/errors.ts';
import type { InstanceState } from '../../../store/instances.ts';
import { isKind, type Place } from './documents.ts';

/** A question, and how far it has been answered. */
export interface Question {
  readonly query: string;
  readonly fields: readonly string[] | undefined;
  readonly states: readonly InstanceState[];
  readonly after: Place | undefined;
}

const STATES: readonly InstanceState[] = ['active', 'pending_reclamation', 'removed'];

export function formatCursor({ query, fields, states, after }: Question): string {
  return Buffer.from(JSON.stringify({ query, fields, states, after }), 'utf8').toString('base64url');
}

/** A cursor comes back from outside: whatever it says is asked with the caller's own rights. Throws INVALID_FIELD. */
export function parseCursor(text: string): Question {
  const said = parsed(text);
  const { query, fields, states, after } = said ?? {};
  const place = recordOf(after);
  if (
    typeof query === 'string' &&
    (fields === undefined || isTextList(fields)) &&
    isTextList(states) &&
    isKind(place?.kind) &&
    typeof place.id === 'string'
  ) {
    const { kind, id } = place as unknown as Place;
    return { query, fields, states: STATES.filter((state) => states.includes(state)), after: { kind, id } };
  }
  throw new RootwardError('INVALID_FIELD', {
    message: 'Field search_cursor is not one of an earlier answer.',
    target: { type: 'field', name: 'search_cursor' },
  });
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return recordOf(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
