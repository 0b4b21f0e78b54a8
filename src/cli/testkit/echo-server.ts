import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

export interface EchoServer {
  readonly url: string;
  /** Every request but those for tokens. */
  readonly seen: SeenRequest[];
  close(): void;
}

/** A real HTTP server that grants tokens, remembers what else it is asked, and answers as it is told. */
export async function startEchoServer(answer: (seen: SeenRequest) => { status: number; body?: unknown }): Promise<EchoServer> {
  const seen: SeenRequest[] = [];
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { method = '', url = '', headers } = request;
    const isToken = url === '/identity/token';
    const one = { method, url, headers, body: text === '' || isToken ? undefined : JSON.parse(text) };
    if (!isToken) seen.push(one);
    const { status, body } = isToken ? { status: 200, body: { access_token: 't', expires_in: 3600 } } : answer(one);
    response.writeHead(status);
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
  const http = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, seen, close: () => void http.close() };
}
