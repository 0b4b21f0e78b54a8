import Type, { type TProperties } from 'typebox';
import { crn, exactly, flag, hex32, iamId, instant, maybe, text } from '../common-shapes.ts';

const GROUP = 'AccessGroupId-[0-9a-f-]{36}';
const groupId = Type.String({ pattern: `^${GROUP}$` });
const href = (rest: string) => Type.String({ pattern: `^http://127\\.0\\.0\\.1:\\d+/v2/groups${rest}$` });
const memberKind = Type.Union([Type.Literal('user'), Type.Literal('service'), Type.Literal('profile')]);

const groupFields = {
  id: groupId,
  name: text,
  description: maybe(text),
  account_id: hex32,
  created_at: instant,
  created_by_id: iamId,
  last_modified_at: instant,
  last_modified_by_id: iamId,
  href: href(`/${GROUP}`),
};
export const group = exactly(groupFields);
/** With what only those see who ask for it. */
export const fullGroup = exactly({ ...groupFields, is_federated: flag, crn: crn('iam-groups', `:group:${GROUP}`) });

/** The second of at least three pages of one. */
const middlePage = (list: string, items: TProperties) => {
  const link = (offset: string) => exactly({ href: href(`${list}\\?(.*&)?offset=${offset}(&.*)?`) });
  return exactly({
    limit: Type.Literal(1),
    offset: Type.Literal(1),
    total_count: Type.Integer({ minimum: 3 }),
    first: link('0'),
    previous: link('0'),
    next: link('2'),
    last: link('[1-9]\\d*'),
    ...items,
  });
};

export const groupPage = middlePage('', { groups: Type.Array(fullGroup, { minItems: 1, maxItems: 1 }) });

const member = exactly({
  iam_id: iamId,
  type: memberKind,
  membership_type: Type.Union([Type.Literal('static'), Type.Literal('dynamic')]),
  name: text,
  email: maybe(text),
  description: maybe(text),
  href: href(`/${GROUP}/members/.+`),
  created_at: instant,
  created_by_id: iamId,
});
export const memberPage = middlePage(`/${GROUP}/members`, { members: Type.Array(member, { minItems: 1, maxItems: 1 }) });

const errors = Type.Array(exactly({ code: text, message: text }), { minItems: 1 });
const one = (items: TProperties) => Type.Array(exactly(items), { minItems: 1, maxItems: 1 });
/** What became of two things, of which the second one could not be done. */
const doneAndNot = (named: TProperties, done: TProperties, status: number) =>
  Type.Tuple([
    exactly({ ...named, ...done, status_code: Type.Literal(status), trace: text }),
    exactly({ ...named, status_code: Type.Literal(404), trace: text, errors }),
  ]);

export const added = exactly({
  members: doneAndNot({ iam_id: iamId, type: memberKind }, { created_at: instant, created_by_id: iamId }, 200),
});
export const removed = exactly({ access_group_id: groupId, members: doneAndNot({ iam_id: iamId }, {}, 204) });
export const joined = exactly({ iam_id: iamId, groups: doneAndNot({ access_group_id: groupId }, {}, 200) });
export const left = exactly({
  iam_id: iamId,
  groups: one({ access_group_id: groupId, status_code: Type.Literal(204), trace: text }),
});
