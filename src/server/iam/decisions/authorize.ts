import { authorize } from '../../../contract/decisions/authorize.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { decideAsked, explanationOf, readQuestionsOf, rightsOf } from './asked.ts';
import { decisionTarget } from './decision-target.ts';

/** How long a remote service may go by an answer: as long as another replica may go by an older decision. */
const MAX_CACHE_AGE_SECONDS = 2;

/** Answers questions about decisions, each by itself. One that the caller may not ask is answered with status 403, and not permitted. */
export function authorizeHandler(deps: IamDeps): Handler {
  return handle(authorize, {
    resolve: (call) => ({ target: decisionTarget(call.principal.accountId), record: undefined }),
    async run({ principal, input }) {
      const read = readQuestionsOf(deps, principal);
      const responses = [];
      for (const question of input.body) {
        const { id } = question.subject.attributes;
        const common = { ...(question.requestId !== undefined && { requestId: question.requestId }), subjectId: id };
        const asked = await read(question, question.action);
        if (!asked) {
          responses.push({ status: '403' as const, ...common, authorizationDecision: { permitted: false } });
          continue;
        }
        const decision = await decideAsked(deps, asked, question.action);
        const obligation = {
          actions: [question.action],
          environment: {},
          maxCacheAgeInSeconds: MAX_CACHE_AGE_SECONDS,
          subject: { attributes: { id } },
        };
        responses.push({
          status: '200' as const,
          ...common,
          authorizationDecision: { permitted: decision.allowed, obligation },
          ...(asked.mayKnowWhy && {
            explanation: explanationOf(decision, await rightsOf(deps, asked.subject, asked.target)),
          }),
        });
      }
      return { output: { responses } };
    },
  });
}
