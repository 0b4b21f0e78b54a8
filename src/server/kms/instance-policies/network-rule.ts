import type { InstancePolicyRow } from '../../../store/kms/instance-policies.ts';
import type { CallHost } from '../../handler.ts';
import { type AddressSet, addressSet } from '../../network/cidr.ts';
import { attributesOf } from './attributes.ts';

/** Which requests from the public network an instance takes. */
export interface NetworkRule {
  readonly isPrivateOnly: boolean;
  /** Absent: from every address. */
  readonly addresses?: AddressSet;
}

/** What the policies of an instance say about networks; undefined where they let everybody through. */
export function networkRuleOf(policies: readonly InstancePolicyRow[]): NetworkRule | undefined {
  const network = policies.find(({ type, enabled }) => type === 'allowedNetwork' && enabled === 1);
  const addresses = policies.find(({ type, enabled }) => type === 'allowedIP' && enabled === 1);
  const isPrivateOnly = network !== undefined && attributesOf(network).allowed_network === 'private-only';
  if (!isPrivateOnly && !addresses) return undefined;
  return { isPrivateOnly, ...(addresses && { addresses: addressSet(attributesOf(addresses).allowed_ip ?? []) }) };
}

/** The private network is always let through: whom it lets in is the business of who runs it. */
export function isAllowedFrom(rule: NetworkRule | undefined, host: CallHost): boolean {
  if (rule === undefined || host.network === 'private') return true;
  return !rule.isPrivateOnly && (rule.addresses?.has(host.address) ?? true);
}
