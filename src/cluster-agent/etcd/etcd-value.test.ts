import { BinaryWriter } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RootwardError } from '../../contract/errors.ts';
import { FUZZ_MS, FUZZ_RUNS } from '../../contract/testkit/fuzz-runs.ts';
import { classifyEtcdValue } from './etcd-value.ts';

function sealed(prefix: string, keyId: string, data: Uint8Array = new Uint8Array(300)): Buffer {
  const message = new BinaryWriter();
  message.uint32(10).bytes(data);
  message.uint32(18).string(keyId);
  message.uint32(26).bytes(new Uint8Array(60));
  message.uint32(40).int32(1);
  return Buffer.concat([Buffer.from(prefix), message.finish()]);
}

describe('classifyEtcdValue', () => {
  it('knows plaintext in each storage encoding', () => {
    expect(classifyEtcdValue(Buffer.from('k8s\0rest'))).toEqual({ form: 'plaintext', encoding: 'protobuf' });
    expect(classifyEtcdValue(Buffer.from('{"kind":"Secret"}'))).toEqual({ form: 'plaintext', encoding: 'json' });
    expect(classifyEtcdValue(Buffer.from([0xd9, 0xd9, 0xf7, 0xa1]))).toEqual({ form: 'plaintext', encoding: 'cbor' });
  });

  it('reads provider and key id of a KMS v2 value, whatever the data holds', { timeout: FUZZ_MS }, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.string({ minLength: 1, maxLength: 60 }), (data, keyId) => {
        const value = sealed('k8s:enc:kms:v2:rootward:', keyId, data);
        expect(classifyEtcdValue(value)).toEqual({
          form: 'kms-v2',
          provider: 'rootward',
          keyId: Buffer.from(keyId).toString('utf8'),
        });
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  it('knows KMS v1 and the local transformers', () => {
    expect(classifyEtcdValue(Buffer.from('k8s:enc:kms:v1:old:xx'))).toEqual({ form: 'kms-v1', provider: 'old' });
    for (const transformer of ['aescbc', 'aesgcm', 'secretbox']) {
      const value = Buffer.from(`k8s:enc:${transformer}:v1:key1:xx`);
      expect(classifyEtcdValue(value)).toEqual({ form: 'local', transformer, keyName: 'key1' });
    }
  });

  it('refuses a KMS v2 value without a key id, and one that is cut off anywhere inside its last fields', () => {
    const value = sealed('k8s:enc:kms:v2:rootward:', 'v2|1.abc');
    for (let end = value.length - 1; end > value.length - 60; end -= 1) {
      // Cutting exactly at a field border leaves a valid message; the length of the sealed seed never does.
      if (end === value.length - 2) continue;
      expect(() => classifyEtcdValue(value.subarray(0, end))).toThrow(RootwardError);
    }
    expect(() => classifyEtcdValue(Buffer.from('k8s:enc:kms:v2:rootward:'))).toThrow('no key id');
    expect(() => classifyEtcdValue(Buffer.alloc(0))).toThrow(RootwardError);
  });

  it('answers any bytes with a value or a typed error', { timeout: FUZZ_MS }, () => {
    const prefix = fc.constantFrom('', 'k8s:enc:', 'k8s:enc:kms:v2:rootward:', 'k8s:enc:kms:', 'k8s:enc:aescbc:v1:');
    fc.assert(
      fc.property(prefix, fc.uint8Array({ maxLength: 80 }), (start, tail) => {
        try {
          expect(classifyEtcdValue(Buffer.concat([Buffer.from(start), tail])).form).toBeTypeOf('string');
        } catch (error) {
          expect(error).toBeInstanceOf(RootwardError);
          expect((error as RootwardError).code).toBe('ETCD_VALUE');
        }
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});
