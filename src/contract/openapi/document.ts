import type { TObject } from 'typebox';
import { ERRORS } from '../errors.ts';
import type { Operation } from '../operation.ts';
import { answersOf, shownCode } from './answers.ts';
import { errorBodyOf } from './error-bodies.ts';
import { collectSchemas, type Json, type NamedSchemas, pascalOf } from './named-schemas.ts';
import { collectResponses, type SharedResponses } from './shared-responses.ts';
import { API_TITLES, INTRODUCTION, PARAMETER_TEXTS } from './texts.ts';

const PHRASES: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 204: 'Done; no body' };

/** An OpenAPI 3.1 document of operations. Paths in the order of the list. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: Json;
  readonly servers: readonly Json[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> } & Json;
}

export function describeOperations(operations: readonly Operation[], version: string): OpenApiDocument {
  const schemas = collectSchemas();
  const responses = collectResponses();
  const paths: Record<string, Record<string, Json>> = {};
  const tags = new Map<string, string>();
  for (const operation of operations) {
    const { http, api } = operation;
    tags.set(tagOf(operation), API_TITLES[api]);
    [http.path, ...(http.aliases ?? [])].forEach((address, index) => {
      const path = templateOf(address);
      paths[path] ??= {};
      paths[path][http.method.toLowerCase()] = describeOperation(operation, address, index, { schemas, responses });
    });
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Rootward', version, description: INTRODUCTION, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    tags: [...tags].map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: schemas.defined,
      responses: responses.defined,
      securitySchemes: {
        client: { type: 'http', scheme: 'basic', description: 'Client credentials: `bx:bx` or `kube:kube`' },
        token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'An access token of `POST /identity/token`' },
      },
      headers: {
        CorrelationId: { description: 'Finds the request in log and audit log', schema: { type: 'string' } },
        RetryAfter: { description: 'Seconds to wait before the same request', schema: { type: 'integer' } },
      },
    },
  };
}

/** The feature that an operation belongs to. */
export function tagOf({ name }: Operation): string {
  return name.slice(0, name.indexOf('.'));
}

/** `/keys/:id` → `/keys/{id}`. */
export function templateOf(address: string): string {
  return address.replaceAll(/:(\w+)/g, '{$1}');
}

interface Parts {
  readonly schemas: NamedSchemas;
  readonly responses: SharedResponses;
}

function describeOperation(operation: Operation, address: string, index: number, parts: Parts): Json {
  const { name, summary, api, action } = operation;
  const { schemas } = parts;
  const body = bodyOf(operation, schemas);
  return {
    operationId: index === 0 ? name : `${name}.${index + 1}`,
    summary,
    ...(index > 0 && { description: `The same as \`${templateOf(operation.http.path)}\`, for clients that look for it here.` }),
    tags: [tagOf(operation)],
    // The same addresses are served under another base path, where published clients of this API look for them.
    ...(api === 'containers' && { servers: [{ url: '/' }, { url: '/global' }] }),
    security: securityOf(operation),
    ...(action !== 'public' && { 'x-action': action }),
    parameters: parametersOf(operation, address, schemas),
    ...(body && { requestBody: body }),
    responses: responsesOf(operation, parts),
  };
}

/** OpenAPI says what is in the Authorization header here, and in no parameter. An empty alternative: it may be absent. */
function securityOf({ action, input }: Operation): Json[] {
  if (action !== 'public') return [{ token: [] }];
  const isRead = input.headers !== undefined && AUTHORIZATION in input.headers.properties;
  return isRead ? [{ client: [] }, {}] : [];
}

function parametersOf({ input }: Operation, address: string, schemas: NamedSchemas): Json[] {
  const inPath = new Set([...address.matchAll(/:(\w+)/g)].map(([, name = '']) => name));
  // Some operations do not look at all of their path.
  const unread = [...inPath].filter((name) => !input.params || !(name in input.params.properties));
  const described = (part: TObject | undefined, where: 'path' | 'query' | 'header'): Json[] =>
    Object.entries(part?.properties ?? {})
      .filter(([name]) => (where === 'path' ? inPath.has(name) : where !== 'header' || name !== AUTHORIZATION))
      .map(([name, schema]) => {
        const shown = where === 'header' ? headerName(name) : name;
        return {
          name: shown,
          in: where,
          required: where === 'path' || (part?.required as readonly string[] | undefined)?.includes(name) === true,
          ...(PARAMETER_TEXTS[shown] !== undefined && { description: PARAMETER_TEXTS[shown] }),
          schema: schemas.inline(schema),
        };
      });
  const more = unread.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  return [...described(input.params, 'path'), ...more, ...described(input.query, 'query'), ...described(input.headers, 'header')];
}

const AUTHORIZATION = 'authorization';

/** `bluemix-instance` → `Bluemix-Instance`. */
const headerName = (name: string): string =>
  name.replaceAll(/(^|-)(\w)/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());

function bodyOf(operation: Operation, schemas: NamedSchemas): Json | undefined {
  const { body } = operation.input;
  if (!body) return undefined;
  const type = operation.http.form ? 'application/x-www-form-urlencoded' : 'application/json';
  return {
    required: !('~optional' in body),
    content: { [type]: { schema: schemas.use(body, `${pascalOf(operation)}Request`) } },
  };
}

function responsesOf(operation: Operation, { schemas, responses }: Parts): Json {
  const { successes, errors } = answersOf(operation);
  const described: Record<string, Json> = {};
  for (const [status, hasBody] of successes) {
    described[status] = {
      description: PHRASES[status] ?? 'Done',
      headers: { 'Correlation-Id': { $ref: '#/components/headers/CorrelationId' } },
      ...(hasBody && operation.output && json(schemas.use(operation.output, `${pascalOf(operation)}Reply`))),
    };
  }
  const body = json(schemas.use(errorBodyOf(operation), 'Error'));
  for (const [status, codes] of errors) {
    described[status] = responses.use(operation.api, status, {
      description: codes.map((code) => `\`${shownCode(operation, code)}\`: ${ERRORS[code].text}`).join('\n\n'),
      ...((status === 429 || status === 503) && { headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } }),
      // A head has no body, whatever became of it.
      ...(operation.http.method !== 'HEAD' && body),
      'x-codes': codes,
    });
  }
  return described;
}

const json = (schema: Json): Json => ({ content: { 'application/json': { schema } } });
