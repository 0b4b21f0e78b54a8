import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { xaesOpen, xaesSeal } from './xaes-gcm.ts';

const nonce = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWX');
const plaintext = Buffer.from('XAES-256-GCM');

describe('XAES-256-GCM', () => {
  // The two published vectors of C2SP; the derivation takes another branch in each.
  it.each([
    { byte: 1, aad: '', sealed: 'ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271' },
    { byte: 3, aad: 'c2sp.org/XAES-256-GCM', sealed: '986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d' },
  ])('gives the published ciphertext for a key of bytes $byte', ({ byte, aad, sealed }) => {
    const key = createSecretKey(Buffer.alloc(32, byte));
    expect(xaesSeal(key, nonce, plaintext, Buffer.from(aad)).toString('hex')).toBe(sealed);
    // Again, because the block cipher of the derivation is kept between calls.
    expect(xaesSeal(key, nonce, plaintext, Buffer.from(aad)).toString('hex')).toBe(sealed);
    expect(xaesOpen(key, nonce, Buffer.from(sealed, 'hex'), Buffer.from(aad))).toEqual(plaintext);
  });

  it('gives the same for a nonce whose derived key it has forgotten, and never that of another one', () => {
    const key = createSecretKey(Buffer.alloc(32, 1));
    const aad = Buffer.alloc(0);
    const nonces = Array.from({ length: 100 }, (_, index) => Buffer.alloc(24, index));
    const seal = () => nonces.map((each) => xaesSeal(key, each, plaintext, aad).toString('hex'));
    const sealed = seal();
    expect(seal()).toEqual(sealed);
    // One key object for each knows nothing of any other nonce.
    const fresh = nonces.map((each) => xaesSeal(createSecretKey(Buffer.alloc(32, 1)), each, plaintext, aad).toString('hex'));
    expect(sealed).toEqual(fresh);
  });

  it('keeps derived keys of different keys apart', () => {
    const [a, b] = [createSecretKey(Buffer.alloc(32, 1)), createSecretKey(Buffer.alloc(32, 2))];
    const sealed = xaesSeal(a, nonce, plaintext, Buffer.alloc(0));
    expect(xaesOpen(b, nonce, sealed, Buffer.alloc(0))).toBeUndefined();
  });

  it('returns the plaintext in memory that nothing else shares', () => {
    const key = createSecretKey(Buffer.alloc(32, 1));
    const opened = xaesOpen(key, nonce, xaesSeal(key, nonce, plaintext, Buffer.alloc(0)), Buffer.alloc(0));
    expect(opened?.buffer.byteLength).toBe(plaintext.length);
  });

  it('takes keys of 256 bits only', () => {
    expect(() => xaesSeal(createSecretKey(Buffer.alloc(16)), nonce, plaintext, Buffer.alloc(0))).toThrow('256 bits');
  });
});
