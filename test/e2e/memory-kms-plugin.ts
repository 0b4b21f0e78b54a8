/**
 * A KMS v2 plugin with keys in memory, for tests of what happens around a plugin. Its active key can be changed, as a rotation
 * of the root key does; it keeps the older ones for unwrapping.
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { create, type DescMessage, fromBinary, type MessageInitShape, type MessageShape, toBinary } from '@bufbuild/protobuf';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import { KeyManagementService } from '../../src/cluster-agent/gen/v2/kms_pb.js';

const { status, encrypt, decrypt } = KeyManagementService.method;

export class MemoryKmsPlugin {
  readonly #keys = new Map<string, KeyObject>();
  readonly #server = new Server();
  #active = '';
  /** Set to refuse everything, as a disabled root key does. */
  refusing = false;

  get keyId(): string {
    return this.#active;
  }

  rotate(): string {
    this.#active = `test.${randomBytes(10).toString('hex')}`;
    this.#keys.set(this.#active, createSecretKey(randomBytes(32)));
    return this.#active;
  }

  async listen(socketPath: string): Promise<void> {
    mkdirSync(dirname(socketPath), { recursive: true, mode: 0o750 });
    await new Promise<void>((resolve, reject) => {
      this.#server.bindAsync(`unix://${socketPath}`, ServerCredentials.createInsecure(), (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }

  constructor() {
    this.rotate();
    this.#server.addService(
      {
        Status: serviceMethod(status),
        Encrypt: serviceMethod(encrypt),
        Decrypt: serviceMethod(decrypt),
      },
      {
        Status: this.#answer<typeof status.input, typeof status.output>(() => ({
          version: 'v2',
          healthz: 'ok',
          keyId: this.#active,
        })),
        Encrypt: this.#answer<typeof encrypt.input, typeof encrypt.output>(({ plaintext }) => ({
          ciphertext: seal(this.#key(this.#active), plaintext),
          keyId: this.#active,
        })),
        Decrypt: this.#answer<typeof decrypt.input, typeof decrypt.output>(({ ciphertext, keyId }) => ({
          plaintext: open(this.#key(keyId), ciphertext),
        })),
      },
    );
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  #key(keyId: string): KeyObject {
    const key = this.#keys.get(keyId);
    if (key === undefined) throw new Error(`unknown key id ${keyId}`);
    return key;
  }

  #answer<I extends DescMessage, O extends DescMessage>(run: (request: MessageShape<I>) => MessageInitShape<O>) {
    return (call: ServerUnaryCall<MessageShape<I>, MessageInitShape<O>>, reply: sendUnaryData<MessageInitShape<O>>) => {
      try {
        if (this.refusing) throw new Error('the key is disabled');
        reply(null, run(call.request));
      } catch (error) {
        reply({ code: 9, details: (error as Error).message });
      }
    };
  }
}

function serviceMethod(method: typeof status | typeof encrypt | typeof decrypt) {
  const { input, output }: { readonly input: DescMessage; readonly output: DescMessage } = method;
  return {
    path: `/${method.parent.typeName}/${method.name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: (value: MessageInitShape<DescMessage>) => Buffer.from(toBinary(input, create(input, value))),
    requestDeserialize: (bytes: Buffer) => fromBinary(input, bytes),
    responseSerialize: (value: MessageInitShape<DescMessage>) => Buffer.from(toBinary(output, create(output, value))),
    responseDeserialize: (bytes: Buffer) => fromBinary(output, bytes),
  };
}

function seal(key: KeyObject, plaintext: Uint8Array): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

function open(key: KeyObject, sealed: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 });
  decipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
}
