/** What the agent asks a KMS v2 plugin on its socket: which key it reports, and whether a round trip works. */
import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { ServiceError } from '@grpc/grpc-js';
import { Client, credentials } from '@grpc/grpc-js';
import { RootwardError } from '../../contract/errors.ts';
import { KeyManagementService } from '../gen/v2/kms_pb.js';
import { unaryCall } from '../unary-call.ts';

export interface PluginStatus {
  readonly version: string;
  readonly healthz: string;
  readonly keyId: string;
}

const CALL_MS = 5_000;
/** The length of the seed that kube-apiserver has wrapped. */
const SEED_BYTES = 32;

export class PluginClient {
  readonly #client: Client;
  readonly #socketPath: string;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
    // The authority that kube-apiserver 1.32 and newer send: a path in it would be refused by HTTP/2 servers.
    this.#client = new Client(`unix://${socketPath}`, credentials.createInsecure(), {
      'grpc.default_authority': 'localhost',
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1_000,
    });
  }

  close(): void {
    this.#client.close();
  }

  status(signal?: AbortSignal): Promise<PluginStatus> {
    return this.#guard('Status', signal, () =>
      unaryCall(this.#client, KeyManagementService.method.status, {}, { deadlineMs: CALL_MS, signal }),
    );
  }

  /** Wraps 32 random bytes and unwraps them again. @returns the key id that the plugin wrapped under. */
  async roundTrip(signal?: AbortSignal): Promise<string> {
    const seed = randomBytes(SEED_BYTES);
    const options = { deadlineMs: CALL_MS, signal };
    const { encrypt, decrypt } = KeyManagementService.method;
    const sealed = await this.#guard('Encrypt', signal, () =>
      unaryCall(this.#client, encrypt, { plaintext: seed, uid: randomUUID() }, options),
    );
    const { ciphertext, keyId, annotations } = sealed;
    const request = { ciphertext, keyId, annotations, uid: randomUUID() };
    const { plaintext } = await this.#guard('Decrypt', signal, () => unaryCall(this.#client, decrypt, request, options));
    if (plaintext.length !== seed.length || !timingSafeEqual(plaintext, seed)) {
      throw new RootwardError('PLUGIN_NOT_READY', {
        message: `The KMS plugin at ${this.#socketPath} returned other bytes than it was given.`,
      });
    }
    return keyId;
  }

  async #guard<T>(method: string, signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      const reason = (error as ServiceError).details || String(error);
      throw new RootwardError('PLUGIN_NOT_READY', {
        message: `The KMS plugin at ${this.#socketPath} failed at ${method}: ${reason}`,
        cause: error,
      });
    }
  }
}
