import Type, { type Static } from 'typebox';

export const ResourceGroup = Type.Object({
  id: Type.String(),
  crn: Type.String(),
  account_id: Type.String(),
  name: Type.String(),
  state: Type.Literal('ACTIVE'),
  default: Type.Boolean(),
  quota_id: Type.String(),
  quota_url: Type.String(),
  payment_methods_url: Type.String(),
  resource_linkages: Type.Array(Type.Unknown()),
  teams_url: Type.String(),
  created_at: Type.String(),
  updated_at: Type.String(),
});
export type ResourceGroup = Static<typeof ResourceGroup>;

export const GROUP_NAME_LENGTH = 40;
export const GroupParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });
