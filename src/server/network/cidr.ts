import { BlockList, isIP } from 'node:net';

/** Looking an address up takes microseconds, and most requests come from the same few. */
const ADDRESSES_KEPT = 512;
const BITS = { 4: 32, 6: 128 } as const;

/** Addresses of both families, given as addresses or CIDRs. */
export interface AddressSet {
  /** Is this one of them? What is no address is not. An IPv4 address written as IPv6 (`::ffff:192.0.2.1`) is the IPv4 address. */
  has(address: string): boolean;
}

/** Is the text an address, or an address and the length of its network's prefix? Host bits may be set. */
export function isCidr(text: string): boolean {
  return parseCidr(text) !== undefined;
}

/** The addresses of all these CIDRs. Throws if one is none: ask `isCidr` first. */
export function addressSet(cidrs: readonly string[]): AddressSet {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const network = parseCidr(cidr);
    if (!network) throw new Error(`${cidr} is not a CIDR`);
    list.addSubnet(network.address, network.prefix, network.family);
  }
  const known = new Map<string, boolean>();
  return {
    has(address) {
      const before = known.get(address);
      if (before !== undefined) return before;
      const version = isIP(address);
      // Whatever somebody wrote into a header instead of an address is not kept.
      if (version === 0) return false;
      const answer = list.check(address, version === 4 ? 'ipv4' : 'ipv6');
      if (known.size >= ADDRESSES_KEPT) known.clear();
      known.set(address, answer);
      return answer;
    },
  };
}

function parseCidr(text: string): { address: string; prefix: number; family: 'ipv4' | 'ipv6' } | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const version = isIP(address);
  // A zone names an interface of one machine; it says nothing about who asks.
  if ((version !== 4 && version !== 6) || rest.length > 0 || address.includes('%')) return undefined;
  const prefix = length === undefined ? BITS[version] : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  if (prefix < 0 || prefix > BITS[version]) return undefined;
  return { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}
