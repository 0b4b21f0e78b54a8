import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { equals, type PolicyReply, type PolicyWire, READER, startPolicyWire, WRITER } from '../../testkit/policy-wire.ts';

let wire: PolicyWire;
let send: PolicyWire['send'];
let v1: PolicyWire['v1'];
let v2: PolicyWire['v2'];
let accountId: string;
beforeAll(async () => {
  wire = await startPolicyWire();
  ({ send, v1, v2, accountId } = wire);
});
afterAll(() => wire[Symbol.asyncDispose]());

const OPERATORS: readonly (readonly [operator: string, value: unknown, asV1: string])[] = [
  ['stringEquals', 'one', 'one'],
  ['stringMatch', 'tea?-*', 'tea?-*'],
  ['stringExists', true, 'true'],
  ['stringExists', false, 'false'],
  ['stringEqualsAnyOf', ['a', 'b'], '["a","b"]'],
  ['stringMatchAnyOf', ['x*', 'y?'], '["x*","y?"]'],
];

describe('every operator', () => {
  test.each(OPERATORS)(
    '%s %j comes back in version 2 as it was sent, and is shown by version 1',
    async (operator, value, text) => {
      const wanted = v2([{ key: 'serviceInstance', operator, value }], [{ key: 'region', operator, value }]);
      const made = await send('POST', '/v2/policies', wanted);
      expect([made.status, made.etag]).toEqual([201, expect.stringMatching(/^1-[0-9a-f]{32}$/)]);
      for (const side of ['subject', 'resource'] as const) {
        expect(made.body[side].attributes).toHaveLength(3);
        expect(made.body[side].attributes).toEqual(expect.arrayContaining([...wanted[side].attributes]));
      }
      const again = await send('GET', `/v2/policies/${made.body.id}`);
      expect([again.body, again.etag]).toEqual([made.body, made.etag]);
      const old = await send('GET', `/v1/policies/${made.body.id}`);
      expect(old.etag).toBe(made.etag);
      expect(old.body.resources[0]?.attributes).toContainEqual({ name: 'serviceInstance', value: text, operator });
      expect(old.body.roles).toEqual([{ role_id: READER, display_name: 'Reader', description: expect.any(String) }]);
    },
  );

  test.each(OPERATORS)('%s %j is sent back by version 1 only where it can say it', async (operator, value, text) => {
    const made = await send('POST', '/v2/policies', v2([{ key: 'resource', operator, value }]));
    const shown = (await send('GET', `/v1/policies/${made.body.id}`)).body;
    const { type, subjects, resources, roles } = shown;
    const sent = await send('PUT', `/v1/policies/${made.body.id}`, { type, subjects, resources, roles }, { ifMatch: made.etag });
    if (operator === 'stringEquals' || operator === 'stringMatch') {
      expect(sent.status).toBe(200);
      const now = (await send('GET', `/v2/policies/${made.body.id}`)).body;
      expect(now.resource.attributes).toContainEqual({ key: 'resource', operator, value: text });
    } else {
      expect(sent.status).toBe(400);
      expect(sent.body.errors[0]).toMatchObject({ code: 'invalid_body', target: { name: expect.stringContaining('resources') } });
      expect((await send('GET', `/v2/policies/${made.body.id}`)).body).toEqual(made.body);
    }
  });

  test.each([
    ['stringExists', 'perhaps'],
    ['stringExists', ['a']],
    ['stringEquals', true],
    ['stringEquals', ['a']],
    ['stringMatch', ['a*']],
    ['stringEqualsAnyOf', 'a'],
    ['stringMatchAnyOf', true],
    ['stringEqualsAnyOf', []],
    ['stringEqualsAnyOf', ['']],
    ['stringEquals', ''],
    ['numericLessThan', '3'],
  ])('%s with the value %j is refused by the name of the field', async (operator, value) => {
    const reply = await send('POST', '/v2/policies', v2([{ key: 'serviceInstance', operator, value }]));
    expect(reply.status).toBe(400);
    expect(reply.body.errors[0]).toMatchObject({ code: 'invalid_body', target: { name: expect.stringContaining('resource') } });
  });
});

describe('the two versions', () => {
  test('read what the other has written', async () => {
    const old = await send('POST', '/v1/policies', { ...v1({ serviceInstance: 'both' }), description: 'by version 1' });
    const seen = await send('GET', `/v2/policies/${old.body.id}`);
    expect(seen.body).toMatchObject({
      id: old.body.id,
      type: 'authorization',
      state: 'active',
      description: 'by version 1',
      href: expect.stringContaining(`/v2/policies/${old.body.id}`),
      control: { grant: { roles: [{ role_id: READER }] } },
    });
    expect(seen.body.resource.attributes).toContainEqual(equals('serviceInstance', 'both'));
    expect(await send('POST', '/v2/policies', v2([equals('serviceInstance', 'both')]))).toMatchObject({
      status: 409,
      body: {
        status_code: 409,
        errors: [{ code: 'policy_conflict_error', details: { conflicts_with: { etag: old.etag, policy: old.body.id } } }],
      },
    });
  });

  test.each(['v1', 'v2'])('%s shows roles with all their actions where display asks for it', async (version) => {
    const body = version === 'v1' ? v1({ serviceInstance: `d-${version}` }) : v2([equals('serviceInstance', `d-${version}`)]);
    const { body: made } = await send('POST', `/${version}/policies`, body);
    const shown = (await send('GET', `/${version}/policies/${made.id}?format=display`)).body;
    const [role] = version === 'v1' ? shown.roles : shown.control.grant.roles;
    expect(role).toMatchObject({ role_id: READER, display_name: 'Reader', description: expect.any(String) });
    expect(role?.actions).toContainEqual({
      id: 'kms.secrets.wrap',
      display_name: expect.any(String),
      description: expect.any(String),
    });
    const listed = (await send('GET', `/${version}/policies?format=display`)).body.policies;
    expect(listed.find(({ id }) => id === made.id)).toEqual(shown);
    expect((await send('GET', `/${version}/policies/${made.id}?format=include_last_permit`)).status).toBe(200);
    expect((await send('GET', `/${version}/policies/${made.id}?format=xml`)).status).toBe(400);
  });

  test.each([
    ['rule', (body: object) => ({ ...body, rule: { key: '{{environment.attributes.day_of_week}}', value: ['1'] } })],
    ['pattern', (body: object) => ({ ...body, pattern: 'time-based-conditions:weekly:all-day' })],
    ['resource.tags', (body: object) => ({ ...body, resource: { ...v2().resource, tags: [{ key: 'a', value: 'b' }] } })],
  ] as const)('refuse what is not supported by its name: %s', async (field, change) => {
    const reply = await send('POST', '/v2/policies', change(v2([equals('serviceInstance', 'never')])));
    expect(reply.status).toBe(501);
    expect(reply.body.errors[0]).toMatchObject({ code: 'unable_to_process', target: { type: 'field', name: field } });
  });

  test('refuse tags in version 1 too', async () => {
    const resource = { attributes: [{ name: 'serviceName', value: 'kms' }], tags: [{ name: 'env', value: 'prod' }] };
    const tagged = { ...v1(), resources: [resource] };
    const reply = await send('POST', '/v1/policies', tagged);
    expect([reply.status, reply.body.errors[0]?.target.name]).toEqual([501, 'resources.tags']);
  });
});

describe.each(['v1', 'v2'] as const)('a change by %s', (version) => {
  const body = (value: string, roles = [READER]) =>
    version === 'v1' ? v1({ serviceInstance: value }, roles) : v2([equals('serviceInstance', value)], [], roles);
  const create = async (value: string) => await send('POST', `/${version}/policies`, body(value));

  test('needs the revision that it is based on, and makes the next one', async () => {
    const made = await create(`etag-${version}`);
    const url = `/${version}/policies/${made.body.id}`;
    const without = await send('PUT', url, body(`etag-2-${version}`));
    expect([without.status, without.body.errors[0]?.target]).toEqual([400, { type: 'header', name: 'if-match' }]);
    const changed = await send('PUT', url, body(`etag-2-${version}`, [READER, WRITER]), { ifMatch: made.etag });
    expect([changed.status, changed.etag]).toEqual([200, expect.stringMatching(/^2-[0-9a-f]{32}$/)]);
    const read = await send('GET', url);
    expect([read.etag, read.body]).toEqual([changed.etag, changed.body]);
    const late = await send('PUT', url, body(`etag-3-${version}`), { ifMatch: made.etag });
    expect(late.status).toBe(409);
    expect(late.body.errors[0]).toMatchObject({
      code: 'policy_conflict_error',
      details: { conflicts_with: { etag: changed.etag, policy: made.body.id } },
    });
    expect((await send('GET', url)).body).toEqual(changed.body);
  });

  test('of two at one revision one wins, and the other learns of it', async () => {
    const made = await create(`race-${version}`);
    const url = `/${version}/policies/${made.body.id}`;
    const values = Array.from({ length: 6 }, (_, index) => `race-${version}-${index}`);
    const replies = await Promise.all(values.map((value) => send('PUT', url, body(value), { ifMatch: made.etag })));
    expect(replies.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409, 409, 409, 409, 409]);
    const winner = replies.find(({ status }) => status === 200);
    expect((await send('GET', url)).body).toEqual(winner?.body);
  });

  test('into what another policy says already is a conflict that names it', async () => {
    const first = await create(`same-${version}`);
    const second = await create(`other-${version}`);
    const reply = await send('PUT', `/${version}/policies/${second.body.id}`, body(`same-${version}`), { ifMatch: second.etag });
    expect(reply.status).toBe(409);
    expect(reply.body.errors[0]?.details.conflicts_with).toEqual({ etag: first.etag, policy: first.body.id });
    // Itself is in nobody's way.
    const kept = await send('PUT', `/${version}/policies/${first.body.id}`, body(`same-${version}`), { ifMatch: first.etag });
    expect(kept.status).toBe(200);
  });

  test('does not turn an authorization into an access policy', async () => {
    const made = await create(`type-${version}`);
    const subject = [{ name: 'iam_id', key: 'iam_id', operator: 'stringEquals', value: wire.server.account.ownerIamId }];
    const access = {
      ...body(`type-${version}`),
      type: 'access',
      subjects: [{ attributes: subject }],
      subject: { attributes: subject },
    };
    const reply = await send('PUT', `/${version}/policies/${made.body.id}`, access, { ifMatch: made.etag });
    expect([reply.status, reply.body.errors[0]?.target.name]).toEqual([400, 'type']);
  });

  test('of what was deleted is 404, and its deletion is a state that can be read', async () => {
    const made = await create(`gone-${version}`);
    const url = `/${version}/policies/${made.body.id}`;
    expect((await send('DELETE', url)).status).toBe(204);
    expect((await send('DELETE', url)).body.errors[0]?.code).toBe('policy_not_found');
    expect((await send('PUT', url, body(`gone-${version}`), { ifMatch: made.etag })).status).toBe(404);
    const read = await send('GET', url);
    expect([read.status, read.body.state, read.etag.slice(0, 2)]).toEqual([200, 'deleted', '2-']);
    const deleted = (await send('GET', `/${version}/policies?state=deleted`)).body.policies;
    expect(deleted.map(({ id }) => id)).toContain(made.body.id);
    const active = (await send('GET', `/${version}/policies`)).body.policies;
    expect(active.map(({ id }) => id)).not.toContain(made.body.id);
  });
});

describe('a deleted policy', () => {
  test('comes back with the revision of its deletion, once, and not beside its like', async () => {
    const made = await send('POST', '/v1/policies', v1({ serviceInstance: 'back' }));
    const url = `/v1/policies/${made.body.id}`;
    await send('DELETE', url);
    const { etag } = await send('GET', url);
    expect((await send('PATCH', url, { state: 'active' })).status).toBe(400);
    expect((await send('PATCH', url, { state: 'active' }, { ifMatch: made.etag })).status).toBe(409);
    expect((await send('PATCH', url, { state: 'deleted' }, { ifMatch: etag })).body.errors[0]?.target.name).toBe('state');
    const like = await send('POST', '/v1/policies', v1({ serviceInstance: 'back' }));
    expect((await send('PATCH', url, { state: 'active' }, { ifMatch: etag })).status).toBe(409);
    await send('DELETE', `/v1/policies/${like.body.id}`);
    const back = await send('PATCH', url, { state: 'active' }, { ifMatch: etag });
    expect([back.status, back.body.state, back.etag.slice(0, 2)]).toEqual([200, 'active', '3-']);
    expect((await send('GET', url)).body).toEqual(back.body);
    expect((await send('PATCH', url, { state: 'active' }, { ifMatch: etag })).status).toBe(409);
    const records = (await wire.server.auditRecords()).map((record) => record.action);
    expect(records).toEqual(expect.arrayContaining(['iam-am.policy.restore', 'iam-am.policy.update', 'iam-am.policy.create']));
  });
});

describe('errors have the codes of the published clients', () => {
  test.each([
    ['POST', '/v1/policies', {}, 400, 'invalid_body'],
    ['POST', '/v2/policies', { type: 'access' }, 400, 'invalid_body'],
    ['GET', '/v1/policies/nobody', undefined, 404, 'policy_not_found'],
    ['GET', '/v2/policies/nobody', undefined, 404, 'policy_not_found'],
    ['GET', '/v1/policies?account_id=another', undefined, 403, 'insufficent_permissions'],
    ['GET', '/v2/policies?sort=last_permit_at', undefined, 400, 'invalid_query'],
    ['GET', '/v2/policies?start=abc', undefined, 400, 'invalid_query'],
    ['GET', '/v1/policies?tag_name=a', undefined, 501, 'unable_to_process'],
  ] as const)('%s %s %j is %i %s', async (method, url, payload, status, code) => {
    const reply = await send(method, url, payload);
    expect([reply.status, reply.body.errors[0]?.code, reply.body.status_code]).toEqual([status, code, status]);
    expect(reply.body.trace).toEqual(expect.any(String));
  });

  test('a request without a token, and an unknown role', async () => {
    expect((await send('GET', '/v2/policies', undefined, { token: '' })).body.errors[0]?.code).toBe('invalid_token');
    const reply = await send('POST', '/v2/policies', v2([], [], ['crn:v1:bluemix:public:iam::::serviceRole:God']));
    expect([reply.status, reply.body.errors[0]?.code]).toEqual([400, 'role_not_found']);
  });
});

describe.each(['v1', 'v2'] as const)('the list of %s', (version) => {
  const list = async (query: string) => (await send('GET', `/${version}/policies?account_id=${accountId}&${query}`)).body;
  const ids = (page: PolicyReply): string[] => page.policies.map(({ id }) => id);

  test.each(['id', 'created_at', '-created_at', '-last_modified_at', 'type', 'href', 'created_by_id'])(
    'is the same in pages as at once, ordered by %s',
    async (sort) => {
      const all = ids(await list(`sort=${sort}`));
      expect(all.length).toBeGreaterThan(8);
      const paged: string[] = [];
      let page = await list(`sort=${sort}&limit=4`);
      expect(page).toMatchObject({ limit: 4, first: { href: expect.stringContaining(`/${version}/policies?`) } });
      for (let pages = 0; pages < 100; pages++) {
        paged.push(...ids(page));
        if (!page.next) break;
        expect(page.policies).toHaveLength(4);
        const byHref = new URL(page.next.href);
        expect(byHref.searchParams.get('start')).toBe(page.next.start);
        page = (await send('GET', byHref.pathname + byHref.search)).body;
      }
      expect(paged).toEqual(all);
      expect(all).toEqual([...new Set(all)]);
    },
  );

  test('ends with a full last page without a further one', async () => {
    const all = ids(await list('type=authorization&state=deleted'));
    const page = await list(`type=authorization&state=deleted&limit=${all.length}`);
    expect([ids(page), page.next]).toEqual([all, undefined]);
  });

  test('refuses the token of a page in another order', async () => {
    const { next } = await list('sort=id&limit=1');
    expect((await send('GET', `/${version}/policies?sort=created_at&limit=1&start=${next?.start}`)).status).toBe(400);
    expect((await send('GET', `/${version}/policies?sort=id&limit=0`)).status).toBe(400);
    expect((await send('GET', `/${version}/policies?sort=id&limit=101`)).status).toBe(400);
  });

  test('is filtered by source, target, kind of service and subject', async () => {
    const made = await send('POST', '/v2/policies', {
      ...v2([]),
      resource: { attributes: [equals('serviceName', 'hs-crypto'), equals('accountId', accountId), equals('region', version)] },
    });
    const found = async (query: string) => ids(await list(query)).includes(made.body.id);
    expect(await found('service_name=hs-crypto')).toBe(true);
    expect(await found('service_name=kms')).toBe(false);
    expect(await found('source_service_name=containers-kubernetes')).toBe(true);
    expect(await found('source_service_name=server-protect')).toBe(false);
    expect(await found('service_type=service')).toBe(true);
    expect(await found('service_type=platform_service')).toBe(false);
    expect(await found('type=access')).toBe(false);
    expect(await found('iam_id=IBMid-nobody')).toBe(false);
    expect(await found('iam_id=a&access_group_id=b')).toBe(false);
  });
});
