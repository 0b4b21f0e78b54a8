import { RootwardError } from '../contract/errors.ts';
import type { BuiltRequest } from './build-request.ts';
import { readError } from './read-error.ts';

export type Fetch = typeof globalThis.fetch;

/** Sends one request; the parsed body, or undefined where there is none. Throws the server's error, or SERVER_UNREACHABLE. */
export async function send(request: BuiltRequest, fetch: Fetch, timeoutMs: number): Promise<unknown> {
  const { url, ...init } = request;
  let response: Response;
  let body: string;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs), redirect: 'error' });
    body = await response.text();
  } catch (cause) {
    throw unreachable(url, cause, timeoutMs);
  }
  if (response.ok) return body === '' ? undefined : parse(body, url);
  throw readError({
    status: response.status,
    body: tryParse(body),
    correlationId: response.headers.get('correlation-id') ?? undefined,
  });
}

function unreachable(url: string, cause: unknown, timeoutMs: number): RootwardError {
  const { origin } = new URL(url);
  const why = (cause as { name?: string }).name === 'TimeoutError' ? `no answer within ${timeoutMs / 1000} s` : reasonOf(cause);
  return new RootwardError('SERVER_UNREACHABLE', {
    message: `The server at ${origin} cannot be reached: ${why}.`,
    hint: 'Is it running? `rootward up --dev` starts one; ROOTWARD_URL names another.',
    cause,
  });
}

/** fetch says only "fetch failed"; what happened is in its cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message ?? 'unknown reason';
}

function parse(body: string, url: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new RootwardError('SERVER_UNREACHABLE', { message: `What answers at ${url} is not a Rootward server.`, cause });
  }
}

function tryParse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // a proxy's page, not an API's error: the status has to be enough
  }
}
