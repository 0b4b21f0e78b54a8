import { BlockList, isIP } from 'node:net';

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
  return {
    has(address) {
      const version = isIP(address);
      return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
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
