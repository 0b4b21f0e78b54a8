import { pipeline, Transform, type TransformCallback } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FastifyInstance, RequestPayload } from 'fastify';
import { RootwardError } from '../../contract/errors.ts';

/**
 * Lets clients send their bodies compressed by gzip, as IBM's do where they are told to. What a body grows to has the same limit as a
 * plain one, and is counted while it grows; BODY_TOO_LARGE beyond it, BAD_BODY for what is not gzip, MEDIA_TYPE for other encodings.
 */
export function inflateBodies(app: FastifyInstance, limitBytes: number): void {
  app.addHook('preParsing', (request, _reply, payload, done) => {
    const encoding = request.headers['content-encoding'];
    if (encoding === undefined || encoding === 'identity') return done(null, payload);
    if (encoding.toLowerCase() !== 'gzip')
      return done(new RootwardError('MEDIA_TYPE', { message: 'A body may be encoded by gzip only.' }));
    done(null, inflate(payload, limitBytes));
  });
}

/** What `payload` grows to, and no byte of it beyond the limit: whoever reads on gets BODY_TOO_LARGE, and nothing is inflated any more. */
export function inflate(payload: RequestPayload, limitBytes: number): RequestPayload {
  const counted: Transform & { receivedEncodedLength?: number } = new Transform({ transform: limit(limitBytes) });
  // Fastify compares what was sent, not what it grew to, with the content-length.
  counted.receivedEncodedLength = 0;
  payload.on('data', (chunk: Buffer) => {
    counted.receivedEncodedLength = (counted.receivedEncodedLength ?? 0) + chunk.length;
  });
  const gunzip = createGunzip();
  gunzip.on('error', (cause) => {
    counted.destroy(new RootwardError('BAD_BODY', { message: 'The body is not valid gzip.', cause }));
  });
  pipeline(payload, gunzip, counted, () => {
    // Whoever reads `counted` gets its error; an empty body is none.
  });
  return counted;
}

function limit(limitBytes: number) {
  let size = 0;
  return (chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void => {
    size += chunk.length;
    if (size > limitBytes) done(new RootwardError('BODY_TOO_LARGE'));
    else done(null, chunk);
  };
}
