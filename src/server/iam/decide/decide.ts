import type { Action } from '../../../contract/actions.ts';
import type { Store } from '../../../store/store.ts';
import type { AnonymousPrincipal, Principal } from '../../principal.ts';
import type { Target } from '../../target.ts';
import { decideForCluster } from './cluster.ts';
import { byRule, type Decide, type Decision } from './decision.ts';
import { decideForPerson } from './person.ts';
import { type Rights, rightsOfPerson, rightsOfSource, sourceOf } from './rights.ts';
import { decideForService } from './service.ts';

/** Decisions kept per principal; beyond it they are made anew. */
const KEPT = 10_000;

interface Kept {
  /** By the target object itself: resolvers of hot operations hand out the same one again, and building a key costs more. */
  readonly byTarget: WeakMap<Target, Map<Action, Decision>>;
  readonly byQuestion: Map<string, Decision>;
  /** By account: what the answers to new questions go by. */
  readonly rights: Map<string, Promise<Rights>>;
}

/**
 * The one place that says yes: default deny, the union of all policies that match, and a few built-in rules. Decisions are kept
 * per principal object until the next change of IAM; a decision that was under way at that moment is not kept.
 */
export function createDecide(deps: { readonly store: Store }): Decide {
  const { db } = deps.store;
  let kept = new WeakMap<Principal, Kept>();
  deps.store.onChange('iam', () => {
    kept = new WeakMap();
  });
  return (principal, action, target) => {
    let decisions = kept.get(principal);
    if (!decisions) {
      decisions = { byTarget: new WeakMap(), byQuestion: new Map(), rights: new Map() };
      kept.set(principal, decisions);
    }
    return decisions.byTarget.get(target)?.get(action) ?? askAgain(decisions, principal, action, target);
  };

  function askAgain(decisions: Kept, principal: Principal, action: Action, target: Target): Decision | Promise<Decision> {
    const question = questionKey(action, target);
    const known = decisions.byQuestion.get(question);
    if (!known) return keep(decisions, question, evaluate(decisions, principal, action, target));
    const ofTarget = decisions.byTarget.get(target) ?? new Map<Action, Decision>();
    decisions.byTarget.set(target, ofTarget.set(action, known));
    return known;
  }

  async function keep({ byQuestion }: Kept, question: string, made: Promise<Decision>): Promise<Decision> {
    const decision = await made;
    if (byQuestion.size >= KEPT) byQuestion.clear();
    byQuestion.set(question, decision);
    return decision;
  }

  async function evaluate({ rights }: Kept, principal: Principal, action: Action, target: Target): Promise<Decision> {
    if (target.accountId === '') return { allowed: false, reason: 'the target belongs to no account' };
    if (principal.kind === 'anonymous') return { allowed: false, reason: 'nobody is logged in' };
    if (isQuestion(action, target) && target.accountId === principal.accountId) return byRule('account-member');
    const rightsIn = (accountId: string): Promise<Rights> => {
      const known = rights.get(accountId);
      if (known) return known;
      const read = readRights(principal, accountId);
      rights.set(accountId, read);
      // What could not be read is read again by the next one who asks.
      read.catch(() => rights.delete(accountId));
      return read;
    };
    switch (principal.kind) {
      case 'user':
      case 'service-id':
      case 'profile':
        return decideForPerson(rightsIn, principal, action, target);
      case 'cluster':
        return decideForCluster(rightsIn, principal, action, target);
      case 'service':
        return decideForService(rightsIn, principal, action, target);
    }
  }

  function readRights(principal: Exclude<Principal, AnonymousPrincipal>, accountId: string): Promise<Rights> {
    if (principal.kind === 'cluster' || principal.kind === 'service') return rightsOfSource(db, sourceOf(principal), accountId);
    return rightsOfPerson(db, principal, accountId);
  }
}

/** Whoever is logged in may ask what it may do itself. About whom else, and what more it is told, is decided for each question. */
function isQuestion(action: Action, target: Target): boolean {
  return action === 'iam.policy.read' && target.serviceName === 'iam' && target.resourceType === 'decision';
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
    part(target.resourceGroupId) +
    (target.whole ? ' whole' : '')
  );
}

function part(value: string | undefined): string {
  return value === undefined ? ' -' : ` ${value.length}:${value}`;
}
