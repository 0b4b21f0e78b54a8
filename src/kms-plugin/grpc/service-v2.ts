import { create } from '@bufbuild/protobuf';
import type { Server } from '@grpc/grpc-js';
import {
  DecryptRequestSchema,
  DecryptResponseSchema,
  EncryptRequestSchema,
  EncryptResponseSchema,
  StatusRequestSchema,
  StatusResponseSchema,
} from '../gen/v2/kms_pb.js';
import type { OnCall } from '../metrics.ts';
import type { Provider } from '../provider.ts';
import { unaryHandler, unaryMethod } from './grpc-method.ts';

/** kube-apiserver pins what it hears first, so this text never changes. */
const VERSION = 'v2';

export const SERVICE_V2 = {
  Status: unaryMethod('/v2.KeyManagementService/Status', StatusRequestSchema, StatusResponseSchema),
  Encrypt: unaryMethod('/v2.KeyManagementService/Encrypt', EncryptRequestSchema, EncryptResponseSchema),
  Decrypt: unaryMethod('/v2.KeyManagementService/Decrypt', DecryptRequestSchema, DecryptResponseSchema, ({ plaintext }) => {
    plaintext.fill(0);
  }),
};

/** Adds version 2 of the KMS interface to a gRPC server. */
export function addServiceV2(server: Server, provider: Provider, onCall: OnCall): void {
  server.addService(SERVICE_V2, {
    Status: unaryHandler(
      async () => create(StatusResponseSchema, { version: VERSION, healthz: 'ok', keyId: provider.status() }),
      onCall('v2', 'Status'),
    ),
    Encrypt: unaryHandler(
      async ({ plaintext }, budgetMs) => {
        const { blob, keyId } = await provider.seal(plaintext, budgetMs);
        plaintext.fill(0);
        return create(EncryptResponseSchema, { ciphertext: blob, keyId });
      },
      onCall('v2', 'Encrypt'),
    ),
    Decrypt: unaryHandler(
      async ({ ciphertext, keyId }, budgetMs) => {
        return create(DecryptResponseSchema, { plaintext: await provider.open(ciphertext, keyId, budgetMs) });
      },
      onCall('v2', 'Decrypt'),
    ),
  });
}
