import { RootwardError } from '../../../contract/errors.ts';
import {
  INSTANCE_POLICY_TYPES,
  type InstancePolicyAttributes,
  type InstancePolicyInput,
  type InstancePolicyType,
} from '../../../contract/instance-policies/instance-policy.ts';
import { isCidr } from '../../network/cidr.ts';
import { requireInterval } from '../key-policies/rotation-terms.ts';

export interface CheckedPolicy {
  readonly enabled: boolean;
  /** Undefined: those that the policy has stay. */
  readonly attributes: InstancePolicyAttributes | undefined;
}

interface Kind {
  readonly attributes: readonly (keyof InstancePolicyAttributes)[];
  /** The attributes as they are kept. Throws INVALID_FIELD. */
  check(given: InstancePolicyAttributes): InstancePolicyAttributes;
}

const NETWORKS: readonly string[] = ['public-and-private', 'private-only'];

const KINDS: Readonly<Record<InstancePolicyType, Kind>> = {
  allowedNetwork: {
    attributes: ['allowed_network'],
    check({ allowed_network }) {
      if (allowed_network === undefined || !NETWORKS.includes(allowed_network))
        throw wrong('allowed_network', `must be ${NETWORKS.join(' or ')}.`);
      return { allowed_network };
    },
  },
  allowedIP: {
    attributes: ['allowed_ip'],
    check({ allowed_ip = [] }) {
      if (allowed_ip.length === 0) throw wrong('allowed_ip', 'must contain at least one CIDR.');
      const at = allowed_ip.findIndex((cidr) => !isCidr(cidr));
      if (at >= 0) throw wrong('allowed_ip', `must contain CIDRs such as 192.0.2.0/24, and its element ${at} is none.`);
      return { allowed_ip };
    },
  },
  keyCreateImportAccess: {
    attributes: ['create_root_key', 'create_standard_key', 'import_root_key', 'import_standard_key', 'enforce_token'],
    check: (given) => ({
      create_root_key: given.create_root_key ?? true,
      create_standard_key: given.create_standard_key ?? true,
      import_root_key: given.import_root_key ?? true,
      import_standard_key: given.import_standard_key ?? true,
      enforce_token: given.enforce_token ?? false,
    }),
  },
  rotation: {
    attributes: ['interval_month'],
    check({ interval_month }) {
      if (interval_month === undefined) throw wrong('interval_month', 'is missing.');
      requireInterval(interval_month);
      return { interval_month };
    },
  },
  dualAuthDelete: { attributes: [], check: () => ({}) },
  metrics: { attributes: [], check: () => ({}) },
};

/** The kind of a policy that a request sets. Throws INVALID_FIELD or BAD_BODY. */
export function typeOfInstancePolicy({
  policy_type,
  policy_data,
  dualAuthDelete,
  metrics,
}: InstancePolicyInput): InstancePolicyType {
  const older: InstancePolicyType[] = [
    ...(dualAuthDelete ? (['dualAuthDelete'] as const) : []),
    ...(metrics ? (['metrics'] as const) : []),
  ];
  if (policy_type !== undefined && older.length === 0) {
    const type = INSTANCE_POLICY_TYPES.find((known) => known === policy_type);
    if (type === undefined) throw wrong('policy_type', `must be one of ${INSTANCE_POLICY_TYPES.join(', ')}.`);
    if (!policy_data) throw wrong('policy_data', 'is missing.');
    return type;
  }
  const [only] = older;
  if (only !== undefined && older.length === 1 && policy_type === undefined && !policy_data) return only;
  throw new RootwardError('BAD_BODY', {
    message: 'Each resource must contain one policy, as policy_type and policy_data.',
    target: { type: 'field', name: 'resources' },
  });
}

/**
 * Checks a policy of this kind. A policy that is turned on needs its attributes and takes no others; one that is turned off may bring
 * any, as some clients send them always: they are kept if they fit.
 */
export function checkInstancePolicy(type: InstancePolicyType, input: InstancePolicyInput): CheckedPolicy {
  const { enabled, attributes = {} } = input.policy_data ?? {
    enabled: (input.dualAuthDelete ?? input.metrics)?.enabled === true,
  };
  const kind = KINDS[type];
  if (!enabled) return { enabled, attributes: keepFitting(kind, attributes) };
  const strange = Object.keys(attributes).find((name) => isAttribute(name) && !kind.attributes.includes(name));
  if (strange !== undefined) {
    throw new RootwardError('BAD_BODY', {
      message: `The policy ${type} has no attribute ${strange}.`,
      target: { type: 'field', name: `attributes.${strange}` },
    });
  }
  if (kind.attributes.length > 0 && Object.keys(attributes).length === 0)
    throw wrong('attributes', `are missing: the policy ${type} needs ${kind.attributes.join(', ')}.`);
  return { enabled, attributes: kind.check(attributes) };
}

function keepFitting(kind: Kind, given: InstancePolicyAttributes): InstancePolicyAttributes | undefined {
  if (!kind.attributes.some((name) => given[name] !== undefined)) return undefined;
  try {
    return kind.check(given);
  } catch {
    // The policy is turned off: attributes that do not fit have no effect, and refusing them would keep it on.
    return undefined;
  }
}

function isAttribute(name: string): name is keyof InstancePolicyAttributes {
  return Object.values(KINDS).some(({ attributes }) => (attributes as readonly string[]).includes(name));
}

function wrong(name: string, what: string): RootwardError {
  return new RootwardError('INVALID_FIELD', { message: `${name} ${what}`, target: { type: 'field', name } });
}
