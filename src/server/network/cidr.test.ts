import { describe, expect, it } from 'vitest';
import { addressSet, isCidr } from './cidr.ts';

describe('CIDRs', () => {
  it.each(['192.0.2.0/24', '192.0.2.77/24', '0.0.0.0/0', '192.0.2.1', '2001:db8::1/32', '::1/128', '::1', '::/0'])(
    'takes %s',
    (text) => {
      expect(isCidr(text)).toBe(true);
    },
  );

  it.each([
    '',
    '/',
    '192.0.2.0/33',
    '192.0.2.0/-1',
    '192.0.2/24',
    '::1/129',
    '192.0.2.0/24/1',
    '192.0.2.0/',
    'fe80::1%lo/64',
    'a',
  ])('refuses %j', (text) => {
    expect(isCidr(text)).toBe(false);
  });

  it('contains the whole network although host bits are set', () => {
    const set = addressSet(['192.0.2.77/24', '2001:db8::5/32']);
    expect(['192.0.2.1', '192.0.2.255', '2001:db8:ffff::1'].map(set.has)).toEqual([true, true, true]);
    expect(['192.0.3.1', '2001:db9::1', '::1'].map(set.has)).toEqual([false, false, false]);
  });

  it('knows an IPv4 address that is written as IPv6', () => {
    const set = addressSet(['192.0.2.0/24']);
    expect(set.has('::ffff:192.0.2.9')).toBe(true);
    expect(set.has('::ffff:192.0.3.9')).toBe(false);
  });

  it('contains nothing that is no address', () => {
    expect(['', 'unix', '192.0.2.1:80', 'localhost'].map(addressSet(['0.0.0.0/0', '::/0']).has)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it('says the same however often it is asked, for more addresses than it remembers', () => {
    const set = addressSet(['10.0.0.0/9']);
    for (let time = 0; time < 2; time += 1)
      for (let part = 0; part < 1200; part += 1) expect(set.has(`10.${part % 256}.${part >> 8}.1`)).toBe(part % 256 < 128);
  });

  it('is empty without CIDRs', () => {
    expect(addressSet([]).has('192.0.2.1')).toBe(false);
  });
});
