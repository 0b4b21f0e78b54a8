import { RootwardError } from '../contract/errors.ts';
import type { Operation } from '../contract/operation.ts';
import type { LooseInput } from './call-input.ts';

export interface BuiltRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** The HTTP request of one call. Throws INVALID_FIELD if a part of the path is missing. */
export function buildRequest(baseUrl: string, operation: Operation, input: LooseInput): BuiltRequest {
  const headers: Record<string, string> = { accept: 'application/json' };
  for (const [name, value] of given(input.headers)) headers[name] = String(value);
  const url = `${baseUrl}${fillPath(operation.http.path, input.params ?? {})}${queryText(input.query)}`;
  const method = operation.http.method;
  if (input.body === undefined) return { url, method, headers };
  if (operation.http.form) {
    headers['content-type'] = 'application/x-www-form-urlencoded';
    const form = new URLSearchParams();
    for (const [name, value] of given(input.body as Record<string, unknown>)) form.set(name, String(value));
    return { url, method, headers, body: form.toString() };
  }
  headers['content-type'] = 'application/json';
  return { url, method, headers, body: JSON.stringify(input.body) };
}

function fillPath(path: string, params: Readonly<Record<string, unknown>>): string {
  return path.replace(/:(\w+)/g, (_all, name: string) => {
    const value = params[name];
    if (value === undefined || value === '') {
      throw new RootwardError('INVALID_FIELD', { message: `${name} is missing.`, target: { type: 'field', name } });
    }
    return encodeURIComponent(String(value));
  });
}

function queryText(query: LooseInput['query']): string {
  const pairs = given(query).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function given(part: Readonly<Record<string, unknown>> | undefined): [string, unknown][] {
  return Object.entries(part ?? {}).filter(([, value]) => value !== undefined && value !== null);
}
