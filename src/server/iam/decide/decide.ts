import type { Action } from '../../../contract/actions.ts';
import type { Store } from '../../../store/store.ts';
import type { Principal } from '../../principal.ts';
import type { Target } from '../../target.ts';
import { decideForCluster } from './cluster.ts';
import type { Decide, Decision } from './decision.ts';
import { decideForPerson } from './person.ts';

/** Decisions kept per principal; beyond it they are made anew. */
const KEPT = 10_000;

/**
 * The one place that says yes: default deny, the union of all policies that match, and a few built-in rules. Decisions are kept
 * per principal object until the next change of IAM; a decision that was under way at that moment is not kept.
 */
export function createDecide(deps: { readonly store: Store }): Decide {
  const { db } = deps.store;
  let kept = new WeakMap<Principal, Map<string, Decision>>();
  deps.store.onChange('iam', () => {
    kept = new WeakMap();
  });
  return (principal, action, target) => {
    let decisions = kept.get(principal);
    if (!decisions) {
      decisions = new Map();
      kept.set(principal, decisions);
    }
    const question = questionKey(action, target);
    return decisions.get(question) ?? keep(decisions, question, evaluate(principal, action, target));
  };

  async function keep(decisions: Map<string, Decision>, question: string, made: Promise<Decision>): Promise<Decision> {
    const decision = await made;
    if (decisions.size >= KEPT) decisions.clear();
    decisions.set(question, decision);
    return decision;
  }

  async function evaluate(principal: Principal, action: Action, target: Target): Promise<Decision> {
    if (target.accountId === '') return { allowed: false, reason: 'the target belongs to no account' };
    switch (principal.kind) {
      case 'user':
      case 'service-id':
        return decideForPerson(db, principal, action, target);
      case 'cluster':
        return decideForCluster(db, principal, action, target);
      case 'anonymous':
        return { allowed: false, reason: 'nobody is logged in' };
    }
  }
}

/** Different questions never share a key: every part is preceded by its length, because ids may come from a request. */
function questionKey(action: Action, target: Target): string {
  return (
    action +
    part(target.serviceName) +
    part(target.accountId) +
    part(target.serviceInstance) +
    part(target.resource) +
    part(target.keyRing) +
    part(target.resourceType) +
    part(target.region) +
    part(target.resourceGroupId)
  );
}

function part(value: string | undefined): string {
  return value === undefined ? ' -' : ` ${value.length}:${value}`;
}
