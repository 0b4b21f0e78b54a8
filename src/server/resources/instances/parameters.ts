import { RootwardError } from '../../../contract/errors.ts';
import {
  ALLOWED_NETWORKS,
  type AllowedNetwork,
  networkOfEndpoints,
  SERVICE_ENDPOINTS,
} from '../../../contract/instances/parameters.ts';
import type { InstanceRow } from '../../../store/instances.ts';

export interface CheckedParameters {
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What they say about the networks from which the instance takes requests; undefined: nothing. */
  readonly allowedNetwork: AllowedNetwork | undefined;
}

type Check = (value: unknown, name: string) => unknown;

const NETWORK: Readonly<Record<string, Check>> = {
  allowed_network: oneOf(ALLOWED_NETWORKS),
  'service-endpoints': oneOf(SERVICE_ENDPOINTS),
};

const PARAMETERS: Readonly<Record<InstanceRow['service'], Readonly<Record<string, Check>>>> = {
  kms: NETWORK,
  'hs-crypto': { ...NETWORK, units: units(2), failover_units: units(0) },
};

/** Throws INVALID_FIELD for a parameter that the service does not have, or a value that it does not take. */
export function checkParameters(service: InstanceRow['service'], given: Readonly<Record<string, unknown>>): CheckedParameters {
  const known = PARAMETERS[service];
  const parameters: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const check = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!check) throw wrong(name, `is no parameter of ${service}; there are ${Object.keys(known).join(', ')}`);
    parameters[name] = check(value, name);
  }
  return { parameters, allowedNetwork: networkOf(parameters) };
}

function networkOf(parameters: Readonly<Record<string, unknown>>): AllowedNetwork | undefined {
  const network = ALLOWED_NETWORKS.find((one) => one === parameters.allowed_network);
  const endpoints = SERVICE_ENDPOINTS.find((one) => one === parameters['service-endpoints']);
  const byEndpoints = endpoints && networkOfEndpoints(endpoints);
  if (network && byEndpoints && network !== byEndpoints) throw wrong('service-endpoints', 'contradicts allowed_network');
  return network ?? byEndpoints;
}

function oneOf(values: readonly string[]): Check {
  return (value, name) => {
    if (typeof value === 'string' && values.includes(value)) return value;
    throw wrong(name, `must be ${values.join(' or ')}`);
  };
}

/** Crypto units come in twos; Terraform sends numbers as text. */
function units(least: number): Check {
  return (value, name) => {
    const count = typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : value;
    if (typeof count === 'number' && Number.isInteger(count) && count >= least && count <= 100 && count % 2 === 0) return count;
    throw wrong(name, `must be an even number from ${least} on`);
  };
}

function wrong(name: string, why: string): RootwardError {
  const field = `parameters.${name}`;
  return new RootwardError('INVALID_FIELD', { message: `Field ${field} ${why}.`, target: { type: 'field', name: field } });
}
