import { Duplex } from 'node:stream';
import { withLocalhost } from './authority-block.ts';

const PREFACE_BYTES = 24;
const HEAD_BYTES = 9;
const HEADERS = 1;
const SETTINGS = 4;
const PADDED = 0x8;
const PRIORITY = 0x20;
const PRIORITY_BYTES = 5;
/** SETTINGS_HEADER_TABLE_SIZE = 0: without a table, a changed header block cannot put two tables out of step. */
const NO_TABLE = Buffer.from('000100000000', 'hex');

/** A connection of kube-apiserver 1.28 or older as one that an HTTP/2 server takes. */
export function fixAuthority(socket: Duplex): Duplex {
  const incoming = createFrames(PREFACE_BYTES, (head, payload) =>
    head[3] === HEADERS ? [fixHeaders(head, payload)] : [head, payload],
  );
  let isFirst = true;
  const outgoing = createFrames(0, (head, payload) => {
    if (!isFirst || head[3] !== SETTINGS) return [head, payload];
    isFirst = false;
    return [frame(head, Buffer.concat([payload, NO_TABLE]))];
  });
  const fixed = new Duplex({
    read: () => socket.resume(),
    write: (chunk: Buffer, _encoding, done) => void socket.write(outgoing(chunk), done),
    final: (done) => void socket.end(done),
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (chunk: Buffer) => {
    if (!fixed.push(incoming(chunk))) socket.pause();
  });
  socket.on('end', () => fixed.push(null));
  socket.on('error', (error) => fixed.destroy(error));
  socket.on('close', () => fixed.destroy());
  return fixed;
}

/** Cuts a byte stream into frames behind a preface; whatever is incomplete waits for the next chunk. */
export function createFrames(
  prefaceBytes: number,
  change: (head: Buffer, payload: Buffer) => Buffer[],
): (chunk: Buffer) => Buffer {
  let held: Buffer = Buffer.alloc(0);
  let preface = prefaceBytes;
  return (chunk) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const out: Buffer[] = [];
    if (preface > 0) {
      const taken = held.subarray(0, preface);
      out.push(taken);
      preface -= taken.length;
      held = held.subarray(taken.length);
    }
    while (held.length >= HEAD_BYTES) {
      const end = HEAD_BYTES + held.readUIntBE(0, 3);
      if (held.length < end) break;
      out.push(...change(held.subarray(0, HEAD_BYTES), held.subarray(HEAD_BYTES, end)));
      held = held.subarray(end);
    }
    return Buffer.concat(out);
  };
}

function fixHeaders(head: Buffer, payload: Buffer): Buffer {
  const flags = head[4] ?? 0;
  const padding = (flags & PADDED) === 0 ? 0 : (payload[0] ?? 0);
  const start = ((flags & PADDED) === 0 ? 0 : 1) + ((flags & PRIORITY) === 0 ? 0 : PRIORITY_BYTES);
  const end = payload.length - padding;
  if (start > end) return frame(head, payload);
  return frame(
    head,
    Buffer.concat([payload.subarray(0, start), withLocalhost(payload.subarray(start, end)), payload.subarray(end)]),
  );
}

function frame(head: Buffer, payload: Buffer): Buffer {
  const bytes = Buffer.concat([head, payload]);
  bytes.writeUIntBE(payload.length, 0, 3);
  return bytes;
}
