import { parse as parseForm } from 'node:querystring';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { RootwardError } from '../contract/errors.ts';
import type { Api, Operation } from '../contract/operation.ts';
import { apiOfPath, errorReply } from './error-bodies/for-api.ts';
import type { CallHost, Handler, Outcome } from './handler.ts';
import { inflateBodies } from './http/inflate-bodies.ts';
import { serveLandingPage } from './http/landing-page.ts';
import type { Log } from './log.ts';
import { addressSet } from './network/cidr.ts';
import { isPrivate } from './network/private-network.ts';
import type { Pipeline, RawRequest } from './pipeline.ts';
import { createTurn } from './turn.ts';

/** A page of 5000 keys is an answer, never a request: the largest request is a policy or an imported key. */
const BODY_LIMIT_BYTES = 256 * 1024;
const HEADER_LIMIT_BYTES = 32 * 1024;
/** From the first byte of a request to its last. Long polls take their time over the answer, not over the request. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;
/** Without a byte in either direction; the longest poll is answered after 30 s. */
const SILENCE_TIMEOUT_MS = 90_000;
/** Longer than clients and balancers keep an idle connection, so that they close it and no request meets a closing one. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
const TIMEOUT_CHECK_MS = 2000;
/** Their published clients look for the id of a request under this name. */
const TRANSACTIONS: ReadonlySet<Api> = new Set<Api>(['iam', 'resource-controller']);
const CORRELATION_ID = /^[A-Za-z0-9._:-]{1,128}$/;

export interface HttpDeps {
  readonly pipeline: Pipeline;
  readonly serverId: string;
  readonly newId: () => string;
  readonly log: Log;
  /** True once the server only finishes what is under way: what comes then is refused with SHUTTING_DOWN. */
  readonly isDraining?: () => boolean;
  readonly tls?: { readonly cert: string; readonly key: string };
  /** CIDRs of the proxies whose X-Forwarded-For is believed; none: the peer of the connection is who asks. */
  readonly trustedProxies?: readonly string[] | undefined;
}

/** What every listener of the application is opened with. */
export const LISTENER = {
  maxHeaderSize: HEADER_LIMIT_BYTES,
  headersTimeout: HEADERS_TIMEOUT_MS,
  connectionsCheckingInterval: TIMEOUT_CHECK_MS,
} as const;

/** The listener of every API: one origin, by path. Its routes are the operation list, and one page for people. */
export function createHttp(deps: HttpDeps): FastifyInstance {
  const app = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: SILENCE_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // Ours says it in the words of the API that was asked.
    return503OnClosing: false,
    http: LISTENER,
    logger: false,
    // What the router refuses by itself is answered in the words of the API that was asked, too.
    frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      const error = new RootwardError('INVALID_FIELD', { message: 'The address of the request is not valid.' });
      sendError(reply, request, deps, error, correlationIdOf(request, deps.newId), undefined);
    },
    routerOptions: { maxParamLength: 1024, ignoreTrailingSlash: true },
    ...(deps.trustedProxies?.length && { trustProxy: addressSet(deps.trustedProxies).has }),
    ...(deps.tls && { https: { ...deps.tls, ...LISTENER } }),
  } as object) as unknown as FastifyInstance;
  inflateBodies(app, BODY_LIMIT_BYTES);
  acceptBodies(app);
  app.addHook('onRequest', (_request, reply, done) => {
    if (!deps.isDraining?.()) return done();
    reply.header('connection', 'close');
    done(new RootwardError('SHUTTING_DOWN'));
  });
  const atTurnsEnd = createTurn();
  for (const handler of deps.pipeline.handlers.values()) {
    for (const url of addressesOf(handler.operation)) app.route(routeOf(url, handler, deps, atTurnsEnd));
  }
  serveLandingPage(app);
  app.setNotFoundHandler((request, reply) => {
    sendError(reply, request, deps, new RootwardError('ROUTE_NOT_FOUND'), correlationIdOf(request, deps.newId), undefined);
  });
  app.setErrorHandler((error, request, reply) => {
    sendError(reply, request, deps, asRootwardError(error), correlationIdOf(request, deps.newId), undefined);
  });
  return app;
}

function routeOf(url: string, handler: Handler, deps: HttpDeps, atTurnsEnd: (work: () => void) => void) {
  const { operation } = handler;
  return {
    method: operation.http.method,
    url,
    config: { readsJson: operation.http.form !== true },
    ...(operation.output && { schema: { response: { '2xx': operation.output } } }),
    // A failed body parse ends here too, so that even broken JSON is answered in the words of the API that was asked.
    errorHandler: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      sendError(reply, request, deps, asRootwardError(error), correlationIdOf(request, deps.newId), operation),
    handler(request: FastifyRequest, reply: FastifyReply) {
      const correlationId = correlationIdOf(request, deps.newId);
      const served = operation.http.chosenBy ? chosenHandler(handler, request, deps.pipeline) : handler;
      const raw: RawRequest = {
        token: bearerOf(request.headers.authorization),
        connection: request.raw.socket,
        correlationId,
        host: hostOf(request),
        params: request.params as Record<string, unknown>,
        query: request.query as Record<string, unknown>,
        headers: request.headers,
        body: request.body,
      };
      const fail = (error: unknown): void => {
        sendError(reply, request, deps, asRootwardError(error), correlationId, served.operation);
      };
      const send = (outcome: Outcome<unknown>): void => {
        try {
          sendOutcome(reply, deps, served.operation, correlationId, outcome);
        } catch (error) {
          fail(error);
        }
      };
      atTurnsEnd(() => {
        deps.pipeline.serve(served, raw).then(send, fail);
      });
    },
  };
}

/** The handler that an older address of several operations means; its own where the request names none of them. */
function chosenHandler(handler: Handler, request: FastifyRequest, { handlers }: Pipeline): Handler {
  const { parameter = '', operations = {} } = handler.operation.http.chosenBy ?? {};
  const wanted = (request.query as Record<string, unknown>)[parameter];
  return (typeof wanted === 'string' && handlers.get(operations[wanted] ?? '')) || handler;
}

/** Published clients put the Kubernetes service under `/global`. */
function addressesOf(operation: Operation): string[] {
  const paths = [operation.http.path, ...(operation.http.aliases ?? [])];
  return operation.api === 'containers' ? paths.flatMap((path) => [path, `/global${path}`]) : paths;
}

/** Operations do, but for those of the token service; pages for people do not. */
function readsJson({ routeOptions }: FastifyRequest): boolean {
  return (routeOptions.config as { readonly readsJson?: boolean }).readsJson === true;
}

/**
 * Clients differ: JSON with a vendor type, with none at all, the literal `null`, or a JSON type with an empty body. All of that is
 * accepted; what is not JSON is refused.
 */
function acceptBodies(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (request, body, done) => {
    const fields = { ...parseForm(String(body)) };
    // Where JSON is read, the fields of a form would be unknown ones, which are left aside: JSON that a tool sent under its default
    // type would do something else than it says.
    const isStray = readsJson(request) && Object.keys(fields).length > 0;
    if (isStray) done(new RootwardError('MEDIA_TYPE'));
    else done(null, fields);
  });
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) => {
    const type = request.headers['content-type'];
    if (body === '') return done(null, undefined);
    if (type !== undefined && !/json/i.test(type)) return done(new RootwardError('MEDIA_TYPE'));
    void parseJson(request, String(body), done);
  });
  // The same for what nearly every request says: what is found under `*` is looked for anew each time.
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null, undefined);
    void parseJson(request, String(body), done);
  });
}

function bearerOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const space = header.indexOf(' ');
  return header.slice(0, space).toLowerCase() === 'bearer' ? header.slice(space + 1) : undefined;
}

/** Read while the connection is new: one that the peer has closed has no address any more. */
export function hostOf(request: FastifyRequest): CallHost {
  const isFromPrivate = isPrivate(request.raw.socket);
  // On the socket for companions a peer has no address.
  const address = isFromPrivate && request.raw.socket.remoteAddress === undefined ? 'unix' : request.ip;
  return { address: address ?? '', agent: request.headers['user-agent'] ?? '', network: isFromPrivate ? 'private' : 'public' };
}

export function correlationIdOf(request: FastifyRequest, newId: () => string): string {
  const given = request.headers['correlation-id'] ?? request.headers['x-correlation-id'] ?? request.headers['transaction-id'];
  return typeof given === 'string' && CORRELATION_ID.test(given) ? given : newId();
}

export function standardHeaders(
  reply: FastifyReply,
  deps: Pick<HttpDeps, 'serverId'>,
  correlationId: string,
  api: Api = 'rootward',
): void {
  reply.header('cache-control', 'no-store');
  reply.header('correlation-id', correlationId);
  if (TRANSACTIONS.has(api)) reply.header('transaction-id', correlationId);
  // Plugins and agents believe only answers that carry the identity they were given (DESIGN §7).
  reply.header('rootward-server-id', deps.serverId);
}

function sendOutcome(
  reply: FastifyReply,
  deps: HttpDeps,
  operation: Operation,
  correlationId: string,
  outcome: Outcome<unknown>,
): void {
  standardHeaders(reply, deps, correlationId, operation.api);
  if (outcome.headers) reply.headers(outcome.headers);
  const status = outcome.status ?? operation.http.success;
  reply.code(status);
  reply.send(status === 204 ? undefined : outcome.output);
}

export function asRootwardError(error: unknown): RootwardError {
  if (error instanceof RootwardError) return error;
  const code = (error as { code?: string } | undefined)?.code;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new RootwardError('BODY_TOO_LARGE');
  const status = (error as { statusCode?: number } | undefined)?.statusCode;
  if (status === 400) return new RootwardError('BAD_BODY', { message: 'The body is not valid JSON.', cause: error });
  return new RootwardError('INTERNAL', { cause: error });
}

function sendError(
  reply: FastifyReply,
  request: FastifyRequest,
  deps: HttpDeps,
  error: RootwardError,
  correlationId: string,
  operation: Operation | undefined,
): FastifyReply {
  if (error.code === 'INTERNAL' || error.code === 'ROW_INTEGRITY') {
    deps.log.error({ correlationId, operation: operation?.name, err: error.cause ?? error }, error.code);
  }
  const path = request.url.split('?', 1)[0] ?? '';
  const api = operation?.api ?? apiOfPath(path);
  const { status, body } = errorReply(api, error, correlationId, path);
  standardHeaders(reply, deps, correlationId, api);
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds));
  // Serialised here, because the route's own schema describes its success only.
  return reply.code(status).type('application/json').serializer(JSON.stringify).send(body);
}
