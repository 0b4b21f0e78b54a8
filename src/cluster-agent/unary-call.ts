/** One unary gRPC call of a generated service: protobuf-es describes it, grpc-js carries it. */
import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { Client, ServiceError } from '@grpc/grpc-js';
import { Metadata } from '@grpc/grpc-js';

export interface CallOptions {
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** @throws the ServiceError of grpc-js, or the reason of the signal. */
export function unaryCall<I extends DescMessage, O extends DescMessage>(
  client: Client,
  method: DescMethodUnary<I, O>,
  input: MessageInitShape<I>,
  options: CallOptions,
): Promise<MessageShape<O>> {
  return new Promise((resolve, reject) => {
    const { signal } = options;
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const call = client.makeUnaryRequest(
      `/${method.parent.typeName}/${method.name}`,
      (message: MessageShape<I>) => Buffer.from(toBinary(method.input, message)),
      (bytes: Buffer) => fromBinary(method.output, bytes),
      create(method.input, input),
      new Metadata(),
      { deadline: Date.now() + options.deadlineMs },
      (error: ServiceError | null, value?: MessageShape<O>) => {
        signal?.removeEventListener('abort', cancel);
        if (signal?.aborted) reject(signal.reason);
        else if (error !== null || value === undefined) reject(error ?? new Error('gRPC answered without a message'));
        else resolve(value);
      },
    );
    const cancel = () => call.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
  });
}
