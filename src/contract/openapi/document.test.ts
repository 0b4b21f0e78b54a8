import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../operations.ts';
import { describeOperations } from './document.ts';

// The rules of OpenAPI 3.1 that a generator like ours can break, looked at in the finished document.

interface Described {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security: readonly Record<string, unknown>[];
  readonly parameters: readonly { name: string; in: string; required: boolean; schema: Record<string, unknown> }[];
  readonly requestBody?: { readonly content: Record<string, { schema: Record<string, unknown> }> };
  readonly responses: Record<string, { description?: string; $ref?: string; content?: Record<string, unknown> }>;
}

const document = describeOperations(OPERATIONS, '1.2.3');
const entries = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, described]) => ({ path, method, described: described as unknown as Described })),
);

/** Everything in the document that is under a key `$ref`. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === '$ref' ? [String(inner)] : references(inner)));
}

describe('the OpenAPI document', () => {
  it('has every operation at its address and at its aliases, and nothing else', () => {
    const wanted = OPERATIONS.flatMap(({ http }) =>
      [http.path, ...(http.aliases ?? [])].map((path) => `${http.method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`),
    );
    expect(entries.map(({ path, method }) => `${method.toUpperCase()} ${path}`).sort()).toEqual(wanted.sort());
  });

  it('is JSON, says its version, and has the parts that the specification requires', () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ title: expect.any(String), version: '1.2.3' });
  });

  it('gives every operation an id of its own', () => {
    const ids = entries.map(({ described }) => described.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has no two paths that differ only in the names of their parameters', () => {
    const shapes = Object.keys(document.paths).map((path) => path.replaceAll(/\{\w+\}/g, '{}'));
    expect(shapes.filter((shape, index) => shapes.indexOf(shape) !== index)).toEqual([]);
  });

  it('declares each part of a path as a required path parameter, and no other one', () => {
    for (const { path, described } of entries) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
      const declared = described.parameters.filter((parameter) => parameter.in === 'path');
      expect([path, declared.map(({ name }) => name).sort()]).toEqual([path, inPath.sort()]);
      expect(declared.every(({ required }) => required)).toBe(true);
    }
  });

  it('has each parameter once, and none of the headers that OpenAPI keeps for itself', () => {
    for (const { path, described } of entries) {
      const names = described.parameters.map((parameter) => `${parameter.in} ${parameter.name.toLowerCase()}`);
      expect([path, new Set(names).size]).toEqual([path, names.length]);
      expect(names).not.toContain('header authorization');
      expect(names).not.toContain('header content-type');
      expect(names).not.toContain('header accept');
    }
  });

  it('describes responses by status, with at least one success, and a description for each', () => {
    for (const { path, described } of entries) {
      expect([path, Object.keys(described.responses).filter((status) => !/^[2-5]\d\d$/.test(status))]).toEqual([path, []]);
      expect(Object.keys(described.responses).some((status) => status.startsWith('2'))).toBe(true);
      for (const response of Object.values(described.responses)) expect(response.$ref ?? response.description).toBeTruthy();
      expect(described.responses['204']?.content).toBeUndefined();
    }
  });

  it('has a schema behind every reference, and no schema that nothing refers to', () => {
    const found = new Set(references(document));
    const at = (pointer: string) =>
      pointer
        .split('/')
        .slice(1)
        .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], document);
    expect([...found].filter((pointer) => at(pointer) === undefined)).toEqual([]);
    const unused = Object.keys(document.components.schemas).filter((name) => !found.has(`#/components/schemas/${name}`));
    expect(unused).toEqual([]);
    const names = Object.keys(document.components.schemas);
    expect(names.filter((name) => !/^[A-Za-z0-9._-]+$/.test(name))).toEqual([]);
  });

  it('names every tag that is used, and the security of every operation', () => {
    const tags = document.tags.map(({ name }) => name);
    for (const { described } of entries) expect(tags).toContain(described.tags[0]);
    expect(new Set(tags).size).toBe(tags.length);
    const open: ReadonlySet<string> = new Set(OPERATIONS.filter(({ action }) => action === 'public').map(({ name }) => name));
    for (const { described } of entries) {
      const { operationId, security } = described;
      const isOpen = open.has(operationId.replace(/\.\d+$/, ''));
      expect([operationId, security.some((way) => 'token' in way)]).toEqual([operationId, !isOpen]);
      if (!isOpen) expect(security).toHaveLength(1);
    }
    const byClient = entries.filter(({ described: { security } }) => security.some((way) => 'client' in way));
    expect(new Set(byClient.map(({ path }) => path))).toEqual(
      new Set(['/identity/token', '/oidc/token', '/identity/introspect']),
    );
  });

  it('has schemas of JSON Schema 2020-12 only: none of the words of OpenAPI 3.0', () => {
    expect(JSON.stringify(document)).not.toMatch(/"(nullable|exclusiveMinimum":true|discriminator|\$recursiveRef)"/);
  });

  it('writes a shared schema once and refers to it where it is used', () => {
    const replies = ['/api/v2/keys/{id}', '/api/v2/keys/{id}/metadata'].map((path) =>
      JSON.stringify(document.paths[path]?.get?.responses),
    );
    for (const reply of replies) expect(reply).toContain('#/components/schemas/KeyCollection');
    expect(document.components.schemas.KeyCollection).toMatchObject({
      properties: { resources: { items: { $ref: '#/components/schemas/Key' } } },
    });
  });
});
