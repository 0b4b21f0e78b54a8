import type { Operation } from '../../src/contract/operation.ts';
import { OPERATIONS } from '../../src/contract/operations.ts';
import { faultOfAnswer } from '../../src/server/reference/answer-check.ts';

interface Route {
  readonly method: string;
  readonly address: RegExp;
  readonly operation: Operation;
}

/** Literal words win over parameters, as on the server. */
const routes: readonly Route[] = OPERATIONS.flatMap((operation) => {
  const { method, path, aliases = [] } = operation.http;
  return [path, ...aliases].map((address) => ({ method, address, operation }));
})
  .sort((a, b) => a.address.split(':').length - b.address.split(':').length)
  .map(({ method, address, operation }) => {
    const prefix = operation.api === 'containers' ? '(?:/global)?' : '';
    return {
      method,
      address: new RegExp(`^${prefix}${address.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}/?$`),
      operation,
    };
  });

/** The operation at an address, or undefined where there is none. */
export function operationAt(method: string, url: string): Operation | undefined {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const found = routes.find((route) => route.method === method && route.address.test(pathname))?.operation;
  const { parameter = '', operations = {} } = found?.http.chosenBy ?? {};
  const chosen = operations[searchParams.get(parameter) ?? ''];
  return OPERATIONS.find(({ name }) => name === chosen) ?? found;
}

/** Throws if what came over the wire deviates from the reference of the operation that was asked; `text` is its body. */
export function checkAnswer(method: string, url: string, status: number, text: string): void {
  const operation = operationAt(method, url);
  // Headers beyond the limit end in Node's parser, before anybody knows what was asked.
  if (!operation || status === 431) return;
  const fault = faultOfAnswer(operation, status, text === '' ? undefined : parse(text));
  if (fault !== undefined) throw new Error(`An answer deviates from its reference: ${fault}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return Symbol('not JSON'); // which no schema accepts
  }
}
