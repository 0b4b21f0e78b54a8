import { create } from '@bufbuild/protobuf';
import type { Server } from '@grpc/grpc-js';
import {
  DecryptRequestSchema,
  DecryptResponseSchema,
  EncryptRequestSchema,
  EncryptResponseSchema,
  VersionRequestSchema,
  VersionResponseSchema,
} from '../gen/v1beta1/kms_pb.js';
import type { OnCall } from '../metrics.ts';
import type { Provider } from '../provider.ts';
import { unaryHandler, unaryMethod } from './grpc-method.ts';

const VERSION = { version: 'v1beta1', runtimeName: 'rootward', runtimeVersion: '0.1.0' };

export const SERVICE_V1 = {
  Version: unaryMethod('/v1beta1.KeyManagementService/Version', VersionRequestSchema, VersionResponseSchema),
  Encrypt: unaryMethod('/v1beta1.KeyManagementService/Encrypt', EncryptRequestSchema, EncryptResponseSchema),
  Decrypt: unaryMethod('/v1beta1.KeyManagementService/Decrypt', DecryptRequestSchema, DecryptResponseSchema, ({ plain }) => {
    plain.fill(0);
  }),
};

/** Adds version 1 of the KMS interface to a gRPC server. It has no key ids: the blob carries its own. */
export function addServiceV1(server: Server, provider: Provider, onCall: OnCall): void {
  server.addService(SERVICE_V1, {
    Version: unaryHandler(async () => create(VersionResponseSchema, VERSION), onCall('v1', 'Version')),
    Encrypt: unaryHandler(
      async ({ plain }, budgetMs) => {
        const { blob } = await provider.seal(plain, budgetMs);
        plain.fill(0);
        return create(EncryptResponseSchema, { cipher: blob });
      },
      onCall('v1', 'Encrypt'),
    ),
    Decrypt: unaryHandler(
      async ({ cipher }, budgetMs) => {
        return create(DecryptResponseSchema, { plain: await provider.open(cipher, undefined, budgetMs) });
      },
      onCall('v1', 'Decrypt'),
    ),
  });
}
