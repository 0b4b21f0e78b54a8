import { describe, expect, it } from 'vitest';
import { Barrier } from './barrier.ts';
import { SecretBytes } from './secret-bytes.ts';

const barrierOf = (byte: number): Barrier => new Barrier(SecretBytes.take(Buffer.alloc(32, byte)));
const derived = (barrier: Barrier, label: string): string => barrier.deriveKey(label).export().toString('hex');

describe('the barrier', () => {
  it('derives the same key for a label for ever', () => {
    // Frozen: a change here makes every stored row unreadable.
    expect(derived(barrierOf(7), 'instance-keys')).toMatchInlineSnapshot(
      `"27a8b1ad31b584ecb7da5100c838b611c2f573a0e27785d960dc5a36eddfa345"`,
    );
  });

  it('derives unrelated keys for other labels and other barrier keys', () => {
    const keys = ['instance-keys', 'iam', 'audit', 'api-key-hash', 'pki'].flatMap((label) => [
      derived(barrierOf(7), label),
      derived(barrierOf(8), label),
    ]);
    expect(new Set(keys).size).toBe(10);
  });

  it('does not depend on the secret it was made from', () => {
    const key = SecretBytes.take(Buffer.alloc(32, 7));
    const barrier = new Barrier(key);
    key.destroy();
    expect(derived(barrier, 'iam')).toBe(derived(barrierOf(7), 'iam'));
  });

  it('is sealed once destroyed, and takes only 256 bits and only labels', () => {
    const barrier = barrierOf(7);
    expect(() => barrier.deriveKey('')).toThrow('label');
    barrier.destroy();
    expect(() => barrier.deriveKey('iam')).toThrow(expect.objectContaining({ code: 'SEALED' }));
    expect(() => new Barrier(SecretBytes.random(16))).toThrow('256 bits');
  });
});
