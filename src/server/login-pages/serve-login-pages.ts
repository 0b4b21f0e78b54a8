import { hash, randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { RootwardError } from '../../contract/errors.ts';
import { beginLogin } from '../../contract/login/begin.ts';
import { finishLogin } from '../../contract/login/finish.ts';
import { logInWithPassword } from '../../contract/login/password.ts';
import type { LoginReply } from '../../contract/login/provider.ts';
import { listLoginProviders } from '../../contract/login/providers.ts';
import type { InputOf, InputSchemas, Operation, OutputOf } from '../../contract/operation.ts';
import { asRootwardError, correlationIdOf, type HttpDeps, hostOf, standardHeaders } from '../http.ts';
import { isSameText, loginCookies } from './cookies.ts';
import { choicePage, errorPage, passcodePage, type Wishes } from './pages.ts';
import { STYLE } from './style.ts';

/** Nothing but the page's own style, and forms that come back here. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${hash('sha256', STYLE, 'base64')}'`,
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');
const FORM_SECONDS = 3600;
/** The one-time code is behind the `#`, which no browser sends to a server or tells another page. */
const CONSOLE = '/console/#login=';

export interface LoginPagesDeps extends Pick<HttpDeps, 'pipeline' | 'serverId' | 'newId' | 'log'> {
  /** Whether browsers reach this server by TLS. */
  readonly isSecure: () => boolean;
}

/**
 * The pages on which people log in, as a thin layer on the operations of logins: what is checked, decided and recorded, is so
 * there. No address is ever taken from a request, so nothing here sends anybody to another place.
 */
export function serveLoginPages(app: FastifyInstance, deps: LoginPagesDeps): void {
  type Page = (request: FastifyRequest, reply: FastifyReply, correlationId: string) => Promise<FastifyReply>;

  const route = (method: 'GET' | 'POST', url: string, page: Page): void => {
    const refuse = (reply: FastifyReply, thrown: unknown, correlationId: string): FastifyReply => {
      const error = asRootwardError(thrown);
      if (error.code === 'INTERNAL') deps.log.error({ correlationId, url, err: error.cause ?? error }, error.code);
      if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds));
      return show(reply.code(error.row.http), errorPage(error, correlationId), correlationId);
    };
    app.route({
      method,
      url,
      errorHandler(error, request, reply) {
        refuse(reply, error, correlationIdOf(request, deps.newId));
      },
      async handler(request, reply) {
        const correlationId = correlationIdOf(request, deps.newId);
        try {
          return await page(request, reply, correlationId);
        } catch (error) {
          return refuse(reply, error, correlationId);
        }
      },
    });
  };

  /** The operation itself, with its checks, its decision and its record. */
  async function call<I extends InputSchemas, O>(
    operation: Operation<I, O & import('typebox').TSchema>,
    request: FastifyRequest,
    correlationId: string,
    input: Partial<InputOf<I>>,
  ): Promise<OutputOf<O>> {
    const handler = deps.pipeline.handlers.get(operation.name);
    if (!handler) throw new Error(`operation ${operation.name} has no handler`);
    const { output } = await deps.pipeline.serve(handler, {
      token: undefined,
      correlationId,
      host: hostOf(request),
      params: input.params ?? {},
      query: {},
      headers: {},
      body: input.body,
    });
    return output as OutputOf<O>;
  }

  function show(reply: FastifyReply, text: string, correlationId: string): FastifyReply {
    standardHeaders(reply, deps, correlationId);
    return reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8').send(text);
  }

  function go(reply: FastifyReply, to: string, correlationId: string): FastifyReply {
    standardHeaders(reply, deps, correlationId);
    return reply.headers(PAGE_HEADERS).code(303).header('location', to).send('');
  }

  function done(reply: FastifyReply, login: Static<typeof LoginReply>, provider: string | undefined, correlationId: string) {
    if (login.return_to === 'console') return go(reply, CONSOLE + login.passcode, correlationId);
    return show(reply, passcodePage(login, provider), correlationId);
  }

  route('GET', '/identity/passcode', async (request, reply, correlationId) => {
    const { providers } = await call(listLoginProviders, request, correlationId, {});
    const token = randomBytes(32).toString('base64url');
    reply.header('set-cookie', loginCookies(deps.isSecure()).form.set(token, FORM_SECONDS));
    return show(reply, choicePage(providers, { wishes: wishesOf(request), token }), correlationId);
  });

  route('GET', '/identity/authorize', async (request, reply, correlationId) => {
    const { returnTo: return_to, account } = wishesOf(request);
    const provider = text(request.query, 'provider') ?? '';
    const body = { provider, return_to, ...(account !== undefined && { account }) };
    const begun = await call(beginLogin, request, correlationId, { body });
    reply.header('set-cookie', loginCookies(deps.isSecure()).attempt.set(begun.attempt, begun.expires_in));
    return go(reply, begun.url, correlationId);
  });

  route('GET', '/identity/callback/:provider', async (request, reply, correlationId) => {
    const { attempt: cookie } = loginCookies(deps.isSecure());
    const provider = text(request.params, 'provider') ?? '';
    const response = request.url.split('?').slice(1).join('?');
    const login = await call(finishLogin, request, correlationId, {
      params: { provider },
      body: { attempt: cookie.read(request.headers.cookie) ?? '', response },
    });
    reply.header('set-cookie', cookie.clear());
    return done(reply, login, provider, correlationId);
  });

  route('POST', '/identity/login/form', async (request, reply, correlationId) => {
    const { form: cookie } = loginCookies(deps.isSecure());
    const site = request.headers['sec-fetch-site'];
    if (!isSameText(text(request.body, 'form'), cookie.read(request.headers.cookie)) || (site ?? 'same-origin') !== 'same-origin')
      throw new RootwardError('LOGIN_FAILED', { message: 'The form does not come from the page that it belongs to.' });
    const { returnTo: return_to, account } = wishesOf(request, request.body);
    const [email, password] = [text(request.body, 'email') ?? '', text(request.body, 'password') ?? ''];
    const body = { email, password, return_to, ...(account !== undefined && { account }) };
    const login = await call(logInWithPassword, request, correlationId, { body });
    reply.header('set-cookie', cookie.clear());
    return done(reply, login, undefined, correlationId);
  });
}

const PAGE_HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  // An address of a callback holds a code; no other page is told of it.
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
} as const;

function wishesOf(request: FastifyRequest, from: unknown = request.query): Wishes {
  return { returnTo: text(from, 'return_to') === 'console' ? 'console' : 'passcode', account: text(from, 'account') };
}

/** A field that is there once, and not empty. */
function text(from: unknown, name: string): string | undefined {
  const value =
    typeof from === 'object' && from !== null && Object.hasOwn(from, name) ? (from as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
