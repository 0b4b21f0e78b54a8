import { findAction } from '../../../contract/actions.ts';
import { parseCrn } from '../../../contract/crn.ts';
import type { Explanation } from '../../../contract/decisions/explanation.ts';
import type { AskedResource, AskedSubject } from '../../../contract/decisions/question.ts';
import type { Principal } from '../../principal.ts';
import type { Target } from '../../target.ts';
import type { Decide, Decision } from '../decide/decision.ts';
import { type Rights, rightsOfPerson, rightsOfSource, sourceOf } from '../decide/rights.ts';
import type { IamDeps } from '../iam-deps.ts';
import { CRN_PREFIX } from '../identity.ts';
import { everyPolicy } from '../policies/target.ts';
import { namedResource, realTarget } from './resource.ts';
import { subjectOf } from './subject.ts';

/** One question, made out. */
export interface Asked {
  readonly target: Target;
  /** Undefined: nobody who could be allowed anything. */
  readonly subject: Principal | undefined;
  /** The caller may read policies on the target, and so may know why. */
  readonly mayKnowWhy: boolean;
}

export type QuestionReader = (
  question: { readonly subject: AskedSubject; readonly resource: AskedResource },
  action?: string,
) => Promise<Asked | undefined>;

/**
 * Reads the questions of one caller. Undefined: the caller may not ask that. Everybody may ask about themselves; about somebody else
 * only who may read policies on the resource, which is then one of the caller's own account.
 */
export function readQuestionsOf(deps: Pick<IamDeps, 'store' | 'decide' | 'keyRows'>, caller: Principal): QuestionReader {
  const { store, decide } = deps;
  // The same subject again, so that its rights are read once.
  const subjects = new Map<string, Promise<Principal | undefined>>();
  return async (question, actionText) => {
    const { id, accountId: given } = question.subject.attributes;
    const named = namedResource(question.resource);
    const isOwn = named.accountId === caller.accountId;
    const isSelf = id === caller.iamId && (given ?? caller.accountId) === caller.accountId;
    // People are never allowed anything in another account, so nothing there is looked at for them.
    const isLookedAt = isOwn || (isSelf && (caller.kind === 'cluster' || caller.kind === 'service'));
    const target = isLookedAt ? await realTarget(deps, named) : named;
    const mayKnowWhy = isOwn && (await decide(caller, 'iam.policy.read', await readingOf(decide, caller, target))).allowed;
    if (isSelf) return { target, subject: caller, mayKnowWhy };
    if (!mayKnowWhy) return undefined;
    if (given !== undefined && given !== accountOf(id, caller.accountId)) return { target, subject: undefined, mayKnowWhy };
    const action = actionText === undefined ? undefined : findAction(actionText, target.serviceName);
    const name = `${action?.startsWith('rootward.') ? action : ''} ${id}`;
    const subject = subjects.get(name) ?? subjectOf(store.db, caller.accountId, id, action);
    subjects.set(name, subject);
    return { target, subject: await subject, mayKnowWhy };
  };
}

/** Where it is decided whether somebody may read the policies on a target: there, or for all policies of the account. */
export async function readingOf(decide: Decide, caller: Principal, target: Target): Promise<Target> {
  const every = everyPolicy(target.accountId);
  return (await decide(caller, 'iam.policy.read', every)).allowed ? every : target;
}

/** In which account an identity acts: an instance of a service in its own. */
function accountOf(iamId: string, accountId: string): string | undefined {
  return iamId.startsWith(CRN_PREFIX) ? parseCrn(iamId.slice(CRN_PREFIX.length))?.accountId : accountId;
}

/** The decision about an action that is given as text. */
export async function decideAsked(
  { decide }: Pick<IamDeps, 'decide'>,
  { target, subject }: Asked,
  text: string,
): Promise<Decision> {
  const action = findAction(text, target.serviceName);
  if (!action) return { allowed: false, reason: `there is no action ${text}` };
  if (!subject) return { allowed: false, reason: 'the account has no such identity, or it may not log in' };
  return decide(subject, action, target);
}

/** What a subject holds in the account that owns the target. */
export async function rightsOf(
  { store }: Pick<IamDeps, 'store'>,
  subject: Principal | undefined,
  { accountId }: Target,
): Promise<Rights | undefined> {
  if (!subject || subject.kind === 'anonymous') return undefined;
  if (subject.kind === 'cluster' || subject.kind === 'service') return rightsOfSource(store.db, sourceOf(subject), accountId);
  return subject.accountId === accountId ? rightsOfPerson(store.db, subject, accountId) : undefined;
}

/** Why it was decided so, in the words of the API. */
export function explanationOf(decision: Decision, rights: Rights | undefined): Explanation {
  if (!decision.allowed) return { reason: decision.reason };
  if (decision.subject === 'built-in') return { rule: decision.policyId };
  const policy = rights?.policies.all.find(({ id }) => id === decision.policyId);
  return {
    policy_id: decision.policyId,
    ...(policy && { roles: [...policy.document.roles] }),
    held_by: decision.subject,
  };
}
