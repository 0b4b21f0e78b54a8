import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Operation } from '../../src/contract/operation.ts';
import { OPERATIONS } from '../../src/contract/operations.ts';
import { type Api, addInstance, addRootKey, logIn } from '../process/api.ts';
import { examineAudit } from '../process/read-audit.ts';
import { type ServerProcess, startServerProcess } from '../process/server-process.ts';
import { type Known, valuesFor } from './arbitrary-input.ts';

const RUNS = 250;
/** Each accepted request makes an RSA key of 4096 bits, which takes a second. */
const RUNS_OF_SLOW: Readonly<Record<string, number>> = { 'import-tokens.create': 20 };
const AT_ONCE = 16;
const SEED = Number(process.env.ROOTWARD_TEST_SEED ?? Date.now() % 1_000_000);

const dataDir = mkdtempSync(join(tmpdir(), 'rootward-fuzz-'));
let server: ServerProcess;
let api: Api;
let known: Known;
let instance: string;

beforeAll(async () => {
  // A cluster that is created by accident finds no program to run, from any source.
  const env = {
    PATH: dataDir,
    XDG_CACHE_HOME: join(dataDir, 'no-cache'),
    ROOTWARD_CLUSTERS_DOWNLOAD: 'false',
    ROOTWARD_CLUSTERS_BUILD: 'false',
  };
  server = await startServerProcess(dataDir, { env });
  api = await logIn(server.said.url, server.said.apiKey);
  instance = await addInstance(api, server.said.resourceGroupId);
  const id = await addRootKey(api, instance);
  const { accountId, resourceGroupId } = server.said;
  const wrapped = await api.send('POST', `/api/v2/keys/${id}/actions/wrap`, {}, { 'bluemix-instance': instance });
  known = {
    'bluemix-instance': [instance],
    id: [id, instance, resourceGroupId],
    ciphertext: [wrapped.body.ciphertext],
    plaintext: ['AAAA', 'AAAAAAAAAAAAAAAAAAAAAA=='],
    payload: ['AAAAAAAAAAAAAAAAAAAAAA==', 'AAAA'],
    resource_plan_id: ['eedd3585-90c6-4c8f-be3d-062069e99fc3'],
    resource_group: [resourceGroupId],
    expirationDate: ['2999-01-01T00:00:00Z', '2999-02-31T00:00:00+99:99'],
    '': [accountId, resourceGroupId, instance, id],
  };
});
afterAll(async () => {
  // Not a kill: what runs beside the clusters has to end with the server.
  await server?.end('SIGTERM');
  rmSync(dataDir, { recursive: true, force: true });
});

interface Sent {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
const record = (value: unknown): [string, unknown][] => Object.entries(typeof value === 'object' && value !== null ? value : {});

const texts = (value: unknown): [string, string][] => record(value).map(([name, field]) => [name, text(field)]);

/** Header values that HTTP itself allows; others never reach a server. */
const headerText = (value: unknown): string =>
  text(value)
    .replace(/[^\x20-\x7e]/g, '?')
    .trim()
    .slice(0, 1000);

function requestsOf({ http, input }: Operation): fc.Arbitrary<Sent> {
  const part = (schema: Operation['input']['body']) => (schema ? valuesFor(schema, known) : fc.constant(undefined));
  return fc
    .tuple(part(input.params), part(input.query), part(input.headers), part(input.body))
    .map(([params, query, headers, body]) => {
      const values = new Map(record(params));
      const path = http.path.replace(
        /:(\w+)/g,
        (_whole, name: string) => encodeURIComponent(text(values.get(name)).toWellFormed()) || 'x',
      );
      const search = new URLSearchParams(texts(query)).toString();
      const form = () => new URLSearchParams(texts(body)).toString();
      return {
        path: search === '' ? path : `${path}?${search}`,
        headers: {
          'bluemix-instance': instance,
          ...Object.fromEntries(record(headers).map(([name, value]) => [name.replace(/[^\w-]/g, '') || 'x', headerText(value)])),
          'content-type': http.form ? 'application/x-www-form-urlencoded' : 'application/json',
        },
        body: http.method === 'GET' || body === undefined ? undefined : http.form ? form() : JSON.stringify(body),
      };
    });
}

async function statusOf(operation: Operation, { path, headers, body }: Sent): Promise<number> {
  const response = await fetch(api.url + path, {
    method: operation.http.method,
    headers: { authorization: `Bearer ${api.token}`, ...headers },
    ...(body !== undefined && { body }),
  });
  await response.arrayBuffer();
  return response.status;
}

describe('anything that is sent is answered, and never by a failure of the server', () => {
  it.each(OPERATIONS.map((operation) => [operation.name, operation] as const))('%s', async (_name, operation) => {
    const requests = fc.sample(requestsOf(operation), { numRuns: RUNS_OF_SLOW[operation.name] ?? RUNS, seed: SEED });
    const statuses = new Set<number>();
    for (let at = 0; at < requests.length; at += AT_ONCE) {
      const some = requests.slice(at, at + AT_ONCE);
      const answers = await Promise.all(some.map((sent) => statusOf(operation, sent)));
      for (const [index, status] of answers.entries()) {
        statuses.add(status);
        expect([500, 502].includes(status), `seed ${SEED}: ${status} for ${JSON.stringify(some[index])}`).toBe(false);
      }
    }

    expect(statuses.size).toBeGreaterThan(0);
  });

  it('and the audit chain verifies afterwards', async () => {
    await server.end('SIGTERM');
    expect((await examineAudit(dataDir)).report.ok).toBe(true);
  });
});
