import { findAction, ROLES } from '../../../contract/actions.ts';
import { type ExplainedDecision, explainDecision } from '../../../contract/decisions/explain.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { type Handler, handle } from '../../handler.ts';
import type { Target } from '../../target.ts';
import { holds } from '../decide/condition.ts';
import { attributesOf, rolesCarry } from '../decide/policy-document.ts';
import type { HeldPolicy } from '../decide/policy-set.ts';
import type { IamDeps } from '../iam-deps.ts';
import { explanationOf, readingOf, rightsOf } from './asked.ts';
import { namedResource, realTarget } from './resource.ts';
import { subjectOf } from './subject.ts';

/** As many policies that nearly allow it as a person can read. */
const SHOWN = 10;

/** Explains a decision about a resource of the caller's account to whoever may read policies there. */
export function explainDecisionHandler(deps: IamDeps): Handler {
  const { db } = deps.store;
  return handle(explainDecision, {
    async resolve({ principal, input }) {
      const { subject: iamId = principal.iamId, resource } = input.query;
      const named = targetNamed(resource);
      const target = named.accountId === principal.accountId ? await realTarget(deps, named) : named;
      const asked = await readingOf(deps.decide, principal, target);
      const action = findAction(input.query.action, target.serviceName);
      if (!action) return { target: asked, missing: invalid('action', 'there is no such action') };
      const subject = iamId === principal.iamId ? principal : await subjectOf(db, principal.accountId, iamId, action);
      if (!subject) return { target: asked, missing: new RootwardError('IAM_NOT_FOUND', { message: NOBODY }) };
      return { target: asked, record: { subject, action, target } };
    },
    async run(_call, { subject, action, target }) {
      const decision = await deps.decide(subject, action, target);
      const rights = await rightsOf(deps, subject, target);
      const roles = ROLES[target.serviceName] ?? [];
      const held = decision.allowed ? [] : (rights?.policies.all ?? []);
      const output: ExplainedDecision = {
        allowed: decision.allowed,
        subject: subject.iamId,
        action,
        resource: shown(target),
        explanation: explanationOf(decision, rights),
        carried_by: roles.filter(({ actions }) => actions.includes(action)).map(({ displayName }) => displayName),
        elsewhere: held
          .filter(({ document }) => rolesCarry(document, target.serviceName, action))
          .map((policy) => ({ policy_id: policy.id, because_of: differences(policy, target) }))
          .sort((a, b) => a.because_of.length - b.because_of.length)
          .slice(0, SHOWN),
      };
      return { output, audit: { requestData: { iamId: subject.iamId } } };
    },
  });
}

const NOBODY = 'The account has no such identity, or it may not log in.';

function targetNamed(resource: string): Target {
  try {
    return namedResource({ crn: resource });
  } catch (error) {
    if (error instanceof RootwardError) throw invalid('resource', 'it is not the CRN of a resource of an account');
    throw error;
  }
}

function differences({ document }: HeldPolicy, target: Target): string[] {
  const attributes = attributesOf(target);
  return document.resource.filter((condition) => !holds(condition, attributes[condition.name])).map(({ name }) => name);
}

function shown(target: Target): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributesOf(target))) if (value !== undefined) attributes[name] = value;
  return attributes;
}

function invalid(name: string, why: string): RootwardError {
  return new RootwardError('INVALID_QUERY', {
    message: `Query parameter ${name}: ${why}.`,
    target: { type: 'query_param', name },
  });
}
