import { describe, expect, it } from 'vitest';
import { RootwardError } from '../../contract/errors.ts';
import type { KubeAnswer, KubeRequest } from './kube-client.ts';
import { type RawState, rewriteObject } from './rewrite-object.ts';

const object = {
  path: '/api/v1/namespaces/a/secrets/b',
  etcdKey: '/registry/secrets/a/b',
  uid: 'uid-1',
  resourceVersion: '7',
};

function answer(status: number, resourceVersion = '8', retryAfterSeconds?: number): KubeAnswer {
  const body = { metadata: { uid: 'uid-1', resourceVersion }, message: `status ${status}` };
  return { status, body, text: '', retryAfterSeconds, date: undefined };
}

/** An apiserver that gives these answers in order, and an etcd whose raw bytes are in these states. */
function run(answers: readonly (KubeAnswer | RootwardError)[], states: readonly RawState[] = []) {
  const asked: KubeRequest[] = [];
  const left = [...answers];
  const raw = [...states];
  const kube = {
    send: async (ask: KubeRequest) => {
      asked.push(ask);
      const next = left.shift();
      if (next === undefined || next instanceof RootwardError) throw next ?? new Error('asked too often');
      return next;
    },
  };
  const state = async () => raw.shift() ?? 'stale';
  const { signal } = new AbortController();
  return { asked, result: rewriteObject({ kube, object, signal, state }) };
}

describe('rewriteObject', () => {
  it('binds the empty patch to uid and resourceVersion and asks for metadata only', async () => {
    const { asked, result } = run([answer(200)]);
    expect(await result).toEqual({ outcome: 'rewritten', conflicts: 0 });
    expect(asked[0]).toMatchObject({ method: 'PATCH', body: { metadata: { uid: 'uid-1', resourceVersion: '7' } } });
    expect(asked[0]?.accept).toContain('PartialObjectMetadata');
  });

  it('takes a conflict for done only if the raw bytes are sealed by now', async () => {
    const { asked, result } = run([answer(409)], ['sealed']);
    expect(await result).toEqual({ outcome: 'sealed', conflicts: 1 });
    expect(asked).toHaveLength(1);
  });

  it('rewrites again after a conflict whose write left the object under the old key', async () => {
    const { asked, result } = run([answer(409), answer(200, '9'), answer(200, '10')], ['stale']);
    expect(await result).toEqual({ outcome: 'rewritten', conflicts: 1 });
    expect(asked[2]).toMatchObject({ method: 'PATCH', body: { metadata: { resourceVersion: '9' } } });
  });

  it('gives up with a reason when every attempt meets a conflict and the object stays stale', async () => {
    const { result } = run(Array.from({ length: 16 }, (_, index) => answer(index % 2 === 0 ? 409 : 200, String(index))));
    expect(await result).toMatchObject({ outcome: 'failed', conflicts: 6 });
  });

  it('reads the raw bytes when the apiserver stored nothing', async () => {
    expect(await run([answer(200, '7')], ['sealed']).result).toEqual({ outcome: 'sealed', conflicts: 0 });
    expect(await run([answer(200, '7')], ['stale']).result).toMatchObject({ outcome: 'failed' });
  });

  it('skips an object that is gone', async () => {
    expect(await run([answer(404)]).result).toEqual({ outcome: 'gone', conflicts: 0 });
    expect(await run([answer(409), answer(404)], ['stale']).result).toEqual({ outcome: 'gone', conflicts: 1 });
  });

  it('waits as long as Retry-After says, and tries again after 5xx and lost connections', async () => {
    const started = performance.now();
    const { result } = run([answer(429, '8', 0.3), answer(500), new RootwardError('APISERVER_UNREACHABLE'), answer(200)]);
    expect(await result).toMatchObject({ outcome: 'rewritten' });
    expect(performance.now() - started).toBeGreaterThan(300);
  });

  it('reports a refusal with its text and does not insist', async () => {
    const { asked, result } = run([answer(403)]);
    expect(await result).toEqual({ outcome: 'failed', conflicts: 0, reason: 'status 403' });
    expect(asked).toHaveLength(1);
  });
});
