import Type from 'typebox';
import { count, crn, exactly, flag, hex32, instant, listOf, maybeEmpty, text } from '../common-shapes.ts';

const group = {
  id: hex32,
  crn: crn('resource-controller', ':resource-group:[0-9a-f]{32}'),
};

export const createdGroup = exactly(group);

export const resourceGroup = exactly({
  ...group,
  account_id: hex32,
  name: Type.String({ minLength: 1, maxLength: 40 }),
  state: Type.Literal('ACTIVE'),
  default: flag,
  // There are no quotas: both are empty.
  quota_id: maybeEmpty,
  quota_url: maybeEmpty,
  payment_methods_url: text,
  resource_linkages: Type.Array(Type.Object({})),
  teams_url: text,
  created_at: instant,
  updated_at: instant,
});

export const groupList = exactly({ resources: Type.Array(resourceGroup, { minItems: 1 }) });

export const quotaList = exactly({ resources: listOf(exactly({ id: text, name: text, type: text, number_of_apps: count })) });
