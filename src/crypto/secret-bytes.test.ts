import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { reveal } from './reveal.ts';
import { SecretBytes } from './secret-bytes.ts';

describe('SecretBytes', () => {
  it('prints as [secret] however it is printed', () => {
    const secret = SecretBytes.copyOf(Buffer.from('hunter2'));
    for (const shown of [
      String(secret),
      JSON.stringify({ secret }),
      inspect({ secret }),
      inspect(secret, { showHidden: true, depth: 9 }),
    ]) {
      expect(shown).toContain('[secret]');
      expect(shown).not.toContain('hunter2');
      expect(shown).not.toContain(Buffer.from('hunter2').toString('hex').slice(0, 6));
    }
  });

  it('cannot be cloned to another thread', () => {
    expect(() => structuredClone(SecretBytes.random(8))).toThrow('clone');
    expect(() => structuredClone({ deep: [SecretBytes.random(8)] })).toThrow('clone');
  });

  it('overwrites what it lent, also when the borrower throws', () => {
    const secret = SecretBytes.copyOf(Buffer.from('hunter2'));
    const lent: Buffer[] = [];
    secret.use((bytes) => lent.push(bytes));
    expect(() =>
      secret.use((bytes) => {
        lent.push(bytes);
        throw new Error('borrower');
      }),
    ).toThrow('borrower');
    expect(lent.map((bytes) => bytes.toString('hex'))).toEqual(['00000000000000', '00000000000000']);
    expect(reveal(secret).toString()).toBe('hunter2');
  });

  it('overwrites the bytes it took and refuses to work after it was destroyed', () => {
    const bytes = Buffer.from('hunter2');
    {
      using secret = SecretBytes.take(bytes);
      expect(secret.length).toBe(7);
    }
    expect(bytes.toString('hex')).toBe('00000000000000');
    const secret = SecretBytes.random(4);
    secret.destroy();
    expect(() => secret.use(() => 0)).toThrow('destroyed');
    expect(() => secret.toKeyObject()).toThrow('destroyed');
  });
});
