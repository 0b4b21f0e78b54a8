import { type ServiceError, status } from '@grpc/grpc-js';
import type { RootwardError } from '../../contract/errors.ts';

/** The gRPC error that kube-apiserver sees: the status of the error table, and a text without secrets. */
export function grpcError(error: RootwardError): Partial<ServiceError> {
  return { code: status[error.row.grpc], details: error.row.grpc === 'INTERNAL' ? error.row.text : error.message };
}
