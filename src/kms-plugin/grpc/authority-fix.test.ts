import { once } from 'node:events';
import {
  connect as connectHttp2,
  createServer as createHttp2,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { type AddressInfo, createServer } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withLocalhost } from './authority-block.ts';
import { createFrames, fixAuthority } from './authority-fix.ts';

/** Sends requests with an authority to an HTTP/2 server, directly or through the fix. Resolves with the authorities that arrived. */
async function arrive(authority: string, isFixed: boolean, requests = 3): Promise<unknown[]> {
  const server = createHttp2();
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.respond({ ':status': 200 });
    stream.end(JSON.stringify([headers[':authority'], headers['x-other']]));
  });
  const listener = createServer((socket) => server.emit('connection', isFixed ? fixAuthority(socket) : socket));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const client = connectHttp2(`http://127.0.0.1:${(listener.address() as AddressInfo).port}`);
  try {
    await once(client, 'remoteSettings');
    const arrived: unknown[] = [];
    for (let each = 0; each < requests; each += 1) {
      const stream = client.request({
        ':authority': authority,
        ':path': '/v2.KeyManagementService/Status',
        ':method': 'POST',
        'x-other': `value-${each}`,
      });
      let body = '';
      for await (const chunk of stream) body += String(chunk);
      arrived.push(JSON.parse(body));
    }
    return arrived;
  } finally {
    client.destroy();
    listener.close();
  }
}

const expected = [0, 1, 2].map((each) => ['localhost', `value-${each}`]);

test('a socket path as authority is refused by HTTP/2 servers: the reason for all this', async () => {
  await expect(arrive('/run/kms/kms.sock', false)).rejects.toThrow();
});

test('with the fix every request arrives with localhost and its other headers', async () => {
  expect(await arrive('/run/kms/kms.sock', true)).toEqual(expected);
  expect(await arrive(`/run/${'long/'.repeat(60)}kms.sock`, true)).toEqual(expected);
});

test('a modern authority is left alone', async () => {
  expect(await arrive('localhost', true)).toEqual(expected);
});

test('chunk boundaries do not matter', () => {
  const frames = Buffer.concat([
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    Buffer.from('000000040000000000', 'hex'),
    // HEADERS: :method POST, :authority "/a" as a literal, :scheme http.
    Buffer.from('000006010400000001834102', 'hex'),
    Buffer.from('/a'),
    Buffer.from('86', 'hex'),
    Buffer.from('000003000100000001616263', 'hex'),
  ]);
  const seen: string[] = [];
  const through = (sizes: readonly number[]): string => {
    const fix = createFrames(24, (head, payload) => {
      seen.push(payload.toString('latin1'));
      return [head, payload];
    });
    const out: Buffer[] = [];
    let at = 0;
    for (const size of [...sizes, frames.length]) {
      out.push(fix(frames.subarray(at, at + size)));
      at += size;
    }
    return Buffer.concat(out).toString('hex');
  };
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 30 }),
      (sizes) => through(sizes) === frames.toString('hex'),
    ),
  );
  expect(seen).toContain('abc');
});

test('a header block never loses a byte outside its authority, for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const block = Buffer.from(bytes);
      const fixed = withLocalhost(block);
      const from = fixed.indexOf('localhost');
      if (fixed.equals(block)) return;
      expect(block.subarray(0, from - 1)).toEqual(fixed.subarray(0, from - 1));
      expect(block.subarray(block.length - (fixed.length - from - 9))).toEqual(fixed.subarray(from + 9));
    }),
    { numRuns: 2000 },
  );
});
