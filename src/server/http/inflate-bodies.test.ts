import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FUZZ_RUNS } from '../../contract/testkit/fuzz-runs.ts';
import { createHttp } from '../http.ts';
import { type KeyScene, openKeyScene } from '../kms/testkit/key-scene.ts';
import { createLog } from '../log.ts';
import { inflate } from './inflate-bodies.ts';

const LIMIT = 256 * 1024;

let scene: KeyScene;
let http: FastifyInstance;
let port: number;
let id: string;
beforeAll(async () => {
  scene = await openKeyScene();
  const log = createLog({ level: 'silent' });
  http = createHttp({ pipeline: scene.server.pipeline, serverId: 'server-1', newId: () => randomUUID(), log });
  port = Number(new URL(await http.listen({ port: 0, host: '127.0.0.1' })).port);
  id = (await scene.addKey()).id;
});
afterAll(async () => {
  await http.close();
  await scene[Symbol.asyncDispose]();
});

/** Over a real connection: what a client sends and what the server makes of it do not have the same length. */
async function wrap(payload: Buffer, encoding = 'gzip') {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v2/keys/${id}/actions/wrap`, {
    method: 'POST',
    headers: {
      ...scene.headers,
      authorization: `Bearer ${scene.server.ownerToken}`,
      'content-type': 'application/json',
      'content-encoding': encoding,
    },
    body: new Uint8Array(payload),
  });
  const body = (await answer.json()) as {
    plaintext?: string;
    ciphertext?: string;
    resources?: { reasons?: { code: string }[] }[];
  };
  return { status: answer.status, body, code: body.resources?.[0]?.reasons?.[0]?.code };
}
const dek = JSON.stringify({ plaintext: 'AAAA' });

describe('a body that is sent as gzip', () => {
  it.each(['gzip', 'GZIP'])('is read, with %s for a name', async (encoding) => {
    const answer = await wrap(gzipSync(dek), encoding);
    expect(answer.status).toBe(200);
    expect(answer.body).not.toHaveProperty('plaintext');
    expect((await scene.unwrap(id, answer.body.ciphertext ?? '')).plaintext).toBe('AAAA');
  });

  it('may be nothing, and may be in several members', async () => {
    expect((await wrap(gzipSync(''))).body).toHaveProperty('plaintext');
    expect((await wrap(Buffer.concat([gzipSync(dek.slice(0, 5)), gzipSync(dek.slice(5))]))).status).toBe(200);
  });

  it('is read plain under identity', async () => {
    expect((await wrap(Buffer.from(dek), 'identity')).status).toBe(200);
  });

  it('is refused as too large where it grows beyond the limit of a plain one, and not before', async () => {
    const padded = (size: number) => `{"x":"${'a'.repeat(size - 8)}"}`;
    expect((await wrap(gzipSync(padded(LIMIT)))).status).toBe(200);
    expect(await wrap(gzipSync(padded(LIMIT + 1)))).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
    // 1 GB of zeros in a megabyte would be too long already; 64 MB in 64 kB is not.
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(LIMIT);
    const before = process.memoryUsage().arrayBuffers;
    expect(await wrap(bomb)).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
  });

  it('is not inflated any further than the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    let size = 0;
    const read = async () => {
      for await (const chunk of inflate(Readable.from([bomb]), LIMIT)) size += (chunk as Buffer).length;
    };
    await expect(read()).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
    expect(size).toBeLessThanOrEqual(LIMIT);
  });

  it.each([
    ['is not gzip', Buffer.from(dek)],
    ['is deflate', deflateSync(dek)],
    ['is cut off', gzipSync(dek).subarray(0, -3)],
    ['is cut off in its head', gzipSync(dek).subarray(0, 5)],
    ['has a wrong checksum', Buffer.concat([gzipSync(dek).subarray(0, -8), Buffer.alloc(4), gzipSync(dek).subarray(-4)])],
    ['is gzip of what is not JSON', gzipSync('not JSON')],
  ])('is refused where it %s', async (_name, payload) => {
    expect(await wrap(payload)).toMatchObject({ status: 400, code: 'BAD_BODY_ERR' });
  });

  it.each(['br', 'deflate', 'gzip, gzip', 'x'])('is refused under the encoding %j', async (encoding) => {
    expect(await wrap(gzipSync(dek), encoding)).toMatchObject({ status: 415, code: 'MEDIA_TYPE' });
  });

  it('that never ends lets the server go on', async () => {
    const socket = connect(port, '127.0.0.1');
    const head = `POST /api/v2/keys/${id}/actions/wrap HTTP/1.1\r\nhost: x\r\ncontent-encoding: gzip\r\ncontent-length: 100\r\n\r\n`;
    await new Promise<void>((resolve) =>
      socket.write(Buffer.concat([Buffer.from(head), gzipSync(dek).subarray(0, 12)]), () => resolve()),
    );
    socket.destroy();
    expect((await wrap(gzipSync(dek))).status).toBe(200);
  });

  it('in whatever bytes, gets a typed refusal or an answer', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 200 }).map((raw) => gzipSync(raw)),
      fc.tuple(fc.nat(gzipSync(dek).length - 1), fc.integer({ min: 1, max: 255 })).map(([at, flip]) => {
        const damaged = gzipSync(dek);
        damaged[at] = (damaged[at] ?? 0) ^ flip;
        return damaged;
      }),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (payload) => {
        const { status, code } = await wrap(Buffer.from(payload));
        expect(status === 200 || (status === 400 && code !== undefined)).toBe(true);
      }),
      { numRuns: Math.ceil(FUZZ_RUNS / 50) },
    );
  }, 120_000);
});
