import type { Action } from '../../../contract/actions.ts';
import type { Target } from '../../target.ts';
import { attributesOf, exactValue, grants, type PolicyDocument } from './policy-document.ts';

/** A policy that somebody holds, by whichever subject. */
export interface HeldPolicy {
  readonly id: string;
  /** The subject key that it was found by. */
  readonly subject: string;
  readonly document: PolicyDocument;
}

/** What somebody holds in one account, oldest first. */
export interface PolicySet {
  readonly all: readonly HeldPolicy[];
  /** The oldest policy that allows `action` on `target`, or undefined. */
  find(action: Action, target: Target): HeldPolicy | undefined;
}

/** The exact conditions by which policies are sorted, the most selective first: somebody may hold one for each of 10^4 keys. */
const SORTED_BY = ['resource', 'serviceInstance', 'resourceGroupId', 'serviceName'] as const;
const ANYWHERE = '';

export function createPolicySet(all: readonly HeldPolicy[]): PolicySet {
  const places = new Map<string, number[]>();
  for (const [position, { document }] of all.entries()) {
    const place = placeOf(document);
    const there = places.get(place);
    if (there) there.push(position);
    else places.set(place, [position]);
  }
  return {
    all,
    find(action, target) {
      const attributes = attributesOf(target);
      let oldest = all.length;
      for (const name of [ANYWHERE, ...SORTED_BY]) {
        const value = name === ANYWHERE ? '' : attributes[name];
        if (value === undefined) continue;
        const granting = places.get(`${name} ${value}`)?.find((position) => {
          const policy = all[position];
          return policy !== undefined && grants(policy.document, action, target);
        });
        if (granting !== undefined && granting < oldest) oldest = granting;
      }
      return all[oldest];
    },
  };
}

function placeOf({ resource }: PolicyDocument): string {
  for (const name of SORTED_BY) {
    const value = exactValue(resource, name);
    if (value !== undefined) return `${name} ${value}`;
  }
  return `${ANYWHERE} `;
}
