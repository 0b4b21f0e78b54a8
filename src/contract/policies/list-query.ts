import Type, { type Static, type TSchema } from 'typebox';
import { PolicyFormat, PolicyState, PolicyType } from './policy.ts';

/** Top-level fields that a list can be ordered by. */
export const SORT_FIELDS = [
  'id',
  'type',
  'href',
  'created_at',
  'created_by_id',
  'last_modified_at',
  'last_modified_by_id',
  'state',
] as const;
export type SortField = (typeof SORT_FIELDS)[number];

const Text = Type.Optional(Type.String({ minLength: 1, maxLength: 512 }));

/** What both versions filter, order and cut their lists by. */
export const PolicyQuery = Type.Object({
  account_id: Type.Optional(Type.String({ maxLength: 64 })),
  iam_id: Text,
  access_group_id: Text,
  type: Type.Optional(PolicyType),
  service_type: Type.Optional(Type.Union([Type.Literal('service'), Type.Literal('platform_service')])),
  /** Ours in version 1: only policies about this service. */
  service_name: Text,
  /** Ours: only authorizations of this source. */
  source_service_name: Text,
  service_group_id: Text,
  tag_name: Text,
  tag_value: Text,
  /** `-` before the field turns the order round. */
  sort: Type.Optional(Type.String({ pattern: `^-?(${SORT_FIELDS.join('|')})$`, maxLength: 32 })),
  format: PolicyFormat,
  state: Type.Optional(PolicyState),
  /** Absent: all of them in one answer, as clients without a pager expect. */
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  start: Type.Optional(Type.String({ minLength: 1, maxLength: 2048 })),
});
export type PolicyQuery = Static<typeof PolicyQuery>;

/** A page, or with no `limit` everything. */
export function policyCollection<T extends TSchema>(policy: T) {
  return Type.Object({
    limit: Type.Optional(Type.Integer()),
    first: Type.Optional(Type.Object({ href: Type.String() })),
    next: Type.Optional(Type.Object({ href: Type.String(), start: Type.String() })),
    policies: Type.Array(policy),
  });
}
