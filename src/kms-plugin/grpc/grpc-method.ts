import { create, type DescMessage, fromBinary, type MessageInitShape, type MessageShape, toBinary } from '@bufbuild/protobuf';
import type { handleUnaryCall, MethodDefinition, ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import type { RootwardError } from '../../contract/errors.ts';
import { rootwardError } from '../local-kek/keks.ts';
import { grpcError } from './grpc-status.ts';

/** Time that is left for the answer's way back. */
const RETURN_MS = 200;
const MOST_MS = 2500;
const LEAST_MS = 50;

/** How one gRPC method is spoken. `wipe` clears secrets in an answer once it is serialized. */
export function unaryMethod<I extends DescMessage, O extends DescMessage>(
  path: string,
  input: I,
  output: O,
  wipe?: (message: MessageShape<O>) => void,
): MethodDefinition<MessageShape<I>, MessageShape<O>> {
  return {
    path,
    requestStream: false,
    responseStream: false,
    // A client may pass the plain fields of a message.
    requestSerialize: (message) => Buffer.from(toBinary(input, create(input, message as MessageInitShape<I>))),
    requestDeserialize: (bytes) => fromBinary(input, bytes),
    responseSerialize: (message) => {
      const bytes = Buffer.from(toBinary(output, message));
      wipe?.(message);
      return bytes;
    },
    responseDeserialize: (bytes) => fromBinary(output, bytes),
  };
}

/** A handler from a function; `onEnd` hears of every call. */
export function unaryHandler<I, O>(
  work: (request: I, budgetMs: number) => Promise<O>,
  onEnd: (error: RootwardError | undefined, milliseconds: number) => void,
): handleUnaryCall<I, O> {
  const serve = async (call: ServerUnaryCall<I, O>, callback: sendUnaryData<O>): Promise<void> => {
    const startedAt = performance.now();
    let reply: O;
    try {
      reply = await work(call.request, budgetOf(call));
    } catch (cause) {
      const error = rootwardError(cause);
      onEnd(error, performance.now() - startedAt);
      callback(grpcError(error));
      return;
    }
    onEnd(undefined, performance.now() - startedAt);
    callback(null, reply);
  };
  return (call, callback) => void serve(call, callback);
}

function budgetOf(call: ServerUnaryCall<unknown, unknown>): number {
  const left = Number(call.getDeadline()) - Date.now() - RETURN_MS;
  return Math.max(LEAST_MS, Math.min(MOST_MS, left));
}
