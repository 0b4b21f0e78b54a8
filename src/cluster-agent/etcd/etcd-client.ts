/** A client of the few etcd calls that the agent makes. Errors leave as ETCD_UNREACHABLE or, for a compacted revision, as `compacted`. */
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { type PeerCertificate, checkServerIdentity as tlsIdentity } from 'node:tls';
import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import type { ServiceError } from '@grpc/grpc-js';
import { Client, credentials, status } from '@grpc/grpc-js';
import { RootwardError } from '../../contract/errors.ts';
import type { KeyValue } from '../gen/etcd_pb.js';
import { Cluster, KV, Maintenance } from '../gen/etcd_pb.js';
import { unaryCall } from '../unary-call.ts';

export interface TlsFiles {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export interface EtcdTarget {
  /** Client URLs of the members, `https://host:port`; asked at every call, because a restart may change a port. */
  readonly urls: () => readonly string[];
  /** Needed for https. */
  readonly tls?: TlsFiles | undefined;
}

export interface RangePage {
  readonly revision: bigint;
  readonly kvs: readonly KeyValue[];
  readonly more: boolean;
}

const CALL_MS = 15_000;
/** Physical compaction and defragmentation take as long as the data is large. */
const MAINTENANCE_MS = 10 * 60_000;

/** The revision that a range asked for has been compacted meanwhile: start again at a newer one. */
export class RevisionCompacted extends Error {}

export class EtcdClient {
  readonly #target: EtcdTarget;
  readonly #pems: readonly Buffer[];
  readonly #clients = new Map<string, Client>();

  private constructor(target: EtcdTarget, pems: readonly Buffer[]) {
    this.#target = target;
    this.#pems = pems;
  }

  static async open(target: EtcdTarget): Promise<EtcdClient> {
    const { tls } = target;
    const files = tls === undefined ? [] : [tls.caFile, tls.keyFile, tls.certFile];
    return new EtcdClient(target, await Promise.all(files.map((file) => readFile(file))));
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
  }

  get(key: string, signal?: AbortSignal): Promise<RangePage> {
    return this.range({ key: Buffer.from(key) }, signal);
  }

  async range(request: MessageInitShape<(typeof KV.method.range)['input']>, signal?: AbortSignal): Promise<RangePage> {
    const answer = await this.#any(KV.method.range, request, signal);
    return { revision: answer.header?.revision ?? 0n, kvs: answer.kvs, more: answer.more };
  }

  async deleteKey(key: string, signal?: AbortSignal): Promise<void> {
    await this.#any(KV.method.deleteRange, { key: Buffer.from(key) }, signal);
  }

  async put(key: string, value: Uint8Array, signal?: AbortSignal): Promise<void> {
    await this.#any(KV.method.put, { key: Buffer.from(key), value }, signal);
  }

  async txn(request: MessageInitShape<(typeof KV.method.txn)['input']>, signal?: AbortSignal): Promise<boolean> {
    return (await this.#any(KV.method.txn, request, signal)).succeeded;
  }

  /** Compacts history up to the revision and waits until the pages are really gone. Already compacted is success. */
  async compact(revision: bigint, signal?: AbortSignal): Promise<void> {
    try {
      await this.#any(KV.method.compact, { revision, physical: true }, signal, MAINTENANCE_MS);
    } catch (error) {
      if (!(error instanceof RevisionCompacted)) throw error;
    }
  }

  /** The client URLs that etcd itself knows, so that a proof leaves no member out. */
  async memberUrls(signal?: AbortSignal): Promise<string[][]> {
    const { members } = await this.#any(Cluster.method.memberList, { linearizable: true }, signal);
    return members.map((member) => member.clientUrls);
  }

  /** One after the other: a member answers nothing while it defragments. */
  async defragmentAll(signal?: AbortSignal): Promise<void> {
    for (const url of this.#target.urls()) await this.#call(url, Maintenance.method.defragment, {}, signal, MAINTENANCE_MS);
  }

  /** Version, sizes and raft indexes of every member. */
  statusOfAll(signal?: AbortSignal): Promise<MessageShape<(typeof Maintenance.method.status)['output']>[]> {
    return Promise.all(this.#target.urls().map((url) => this.#call(url, Maintenance.method.status, {}, signal)));
  }

  async #any<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    input: MessageInitShape<I>,
    signal?: AbortSignal,
    deadlineMs = CALL_MS,
  ): Promise<MessageShape<O>> {
    let last: unknown = new RootwardError('ETCD_UNREACHABLE', { message: 'The cluster names no etcd member.' });
    for (const url of this.#target.urls()) {
      try {
        return await this.#call(url, method, input, signal, deadlineMs);
      } catch (error) {
        if (!(error instanceof RootwardError)) throw error;
        last = error;
      }
    }
    throw last;
  }

  async #call<I extends DescMessage, O extends DescMessage>(
    url: string,
    method: DescMethodUnary<I, O>,
    input: MessageInitShape<I>,
    signal: AbortSignal | undefined,
    deadlineMs = CALL_MS,
  ): Promise<MessageShape<O>> {
    try {
      return await unaryCall(this.#client(url), method, input, { deadlineMs, signal });
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      const { code, details } = error as ServiceError;
      if (code === status.OUT_OF_RANGE) throw new RevisionCompacted(details);
      const message = `etcd at ${url} did not answer ${method.name}: ${details || String(error)}`;
      throw new RootwardError('ETCD_UNREACHABLE', { message, cause: error });
    }
  }

  #client(url: string): Client {
    const known = this.#clients.get(url);
    if (known !== undefined) return known;
    const { protocol, host, hostname } = new URL(url);
    const name = hostname.replace(/^\[|\]$/g, '');
    const [ca, key, cert] = this.#pems;
    // The name that is sent must not be an address (RFC 6066); the certificate is held against the address all the same.
    const checkServerIdentity = (_name: string, certificate: PeerCertificate) => tlsIdentity(name, certificate);
    const secure =
      protocol === 'https:' ? credentials.createSsl(ca, key, cert, { checkServerIdentity }) : credentials.createInsecure();
    const client = new Client(host, secure, {
      ...(isIP(name) === 0 ? {} : { 'grpc.ssl_target_name_override': 'etcd' }),
      'grpc.max_receive_message_length': -1,
      'grpc.max_send_message_length': -1,
      // etcd is restarted on purpose; the default back-off of two minutes would outlive that by far.
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 500,
    });
    this.#clients.set(url, client);
    return client;
  }
}
