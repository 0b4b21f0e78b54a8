import { ROLES, type Role } from '../../../contract/actions.ts';
import { authorizedRoles } from '../../../contract/decisions/roles.ts';
import { type Handler, handle } from '../../handler.ts';
import { attributesOf, matches } from '../decide/policy-document.ts';
import type { IamDeps } from '../iam-deps.ts';
import { type Asked, readQuestionsOf, rightsOf } from './asked.ts';
import { decisionTarget } from './decision-target.ts';

/** Tells which roles subjects have on resources. What a cluster never does is not listed, though its authorization's role carries it. */
export function authorizedRolesHandler(deps: IamDeps): Handler {
  return handle(authorizedRoles, {
    resolve: (call) => ({ target: decisionTarget(call.principal.accountId), record: undefined }),
    async run({ principal, input }) {
      const read = readQuestionsOf(deps, principal);
      const responses = [];
      for (const question of input.body) {
        const { id } = question.subject.attributes;
        const common = { ...(question.requestId !== undefined && { requestId: question.requestId }), subjectId: id };
        const asked = await read(question);
        responses.push(
          asked
            ? { status: '200' as const, ...common, roleActions: await roleActions(asked) }
            : { status: '403' as const, ...common, roleActions: [] },
        );
      }
      return { output: { responses } };
    },
  });

  async function roleActions(asked: Asked) {
    const { subject, target } = asked;
    const answer = [];
    for (const { crn, displayName, actions } of await rolesOn(asked)) {
      const may = [];
      for (const action of actions) {
        if (subject && (await deps.decide(subject, action, target)).allowed) may.push({ action });
      }
      answer.push({ role: { crn, displayName }, actions: may });
    }
    return answer;
  }

  async function rolesOn({ subject, target }: Asked): Promise<readonly Role[]> {
    const roles = Object.hasOwn(ROLES, target.serviceName) ? (ROLES[target.serviceName] ?? []) : [];
    const rights = await rightsOf(deps, subject, target);
    if (!rights) return [];
    if (rights.isOwner) return roles;
    const attributes = attributesOf(target);
    const held = new Set(
      rights.policies.all
        .filter(({ document }) => matches(document.resource, attributes))
        .flatMap(({ document }) => document.roles),
    );
    return roles.filter(({ crn }) => held.has(crn));
  }
}
