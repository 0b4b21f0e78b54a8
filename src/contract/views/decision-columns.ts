import type { ExplainedDecision } from '../decisions/explain.ts';
import type { Column } from './column.ts';
import { roleName } from './iam-policy-columns.ts';

export const EXPLAINED_DECISION: readonly Column<ExplainedDecision>[] = [
  { title: 'Decision', value: ({ allowed }) => (allowed ? 'allowed' : 'denied') },
  { title: 'Subject', value: ({ subject }) => subject },
  { title: 'Action', value: ({ action }) => action },
  {
    title: 'Resource',
    value: ({ resource }) =>
      Object.entries(resource)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
  },
  { title: 'Policy ID', value: ({ explanation }) => explanation.policy_id ?? '' },
  { title: 'Roles', value: ({ explanation }) => (explanation.roles ?? []).map(roleName).join(', ') },
  { title: 'Held by', value: ({ explanation }) => explanation.held_by ?? '' },
  { title: 'Built-in rule', value: ({ explanation }) => explanation.rule ?? '' },
  { title: 'Reason', value: ({ explanation }) => explanation.reason ?? '' },
  { title: 'Would allow it', value: (decision) => (decision.allowed ? '' : wouldAllow(decision)) },
  {
    title: 'Nearly allows it',
    value: ({ elsewhere }) => elsewhere.map(({ policy_id, because_of }) => `${policy_id} (${because_of.join(', ')})`).join('; '),
  },
];

function wouldAllow({ carried_by: roles }: ExplainedDecision): string {
  return roles.length === 0 ? 'no policy' : `a policy on this resource with one of: ${roles.map(roleName).join(', ')}`;
}
