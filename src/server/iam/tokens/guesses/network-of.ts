import { isIP } from 'node:net';

const GROUPS = 8;
/** What one subscriber has to himself: whoever has one address of it has all of them. */
const GROUPS_OF_NETWORK = 4;

/** By what guesses of an address are counted: the address itself, or the /64 of an IPv6 address that is not an IPv4 one in disguise. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6 || address.includes('.')) return address;
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').split('::');
  const before = head.split(':').filter((group) => group !== '');
  const after = (tail ?? '').split(':').filter((group) => group !== '');
  const zeros = Array.from({ length: GROUPS - before.length - after.length }, () => '0');
  const network = [...before, ...zeros, ...after].slice(0, GROUPS_OF_NETWORK).map((group) => Number.parseInt(group, 16));
  if (network.every((group) => group === 0)) return address;
  return `${network.map((group) => group.toString(16)).join(':')}::/64`;
}
