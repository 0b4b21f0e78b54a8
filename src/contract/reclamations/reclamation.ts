import Type, { type Static } from 'typebox';

/** A deleted instance that waits for its end. */
export const Reclamation = Type.Object({
  id: Type.String(),
  entity_id: Type.String(),
  /** The catalog's id of the service. */
  entity_type_id: Type.String(),
  entity_crn: Type.String(),
  resource_instance_id: Type.String(),
  resource_group_id: Type.String(),
  account_id: Type.String(),
  policy_id: Type.String(),
  state: Type.Enum(['SCHEDULED', 'RESTORED', 'RECLAIMED']),
  /** When the instance is removed for good. */
  target_time: Type.String(),
  custom_properties: Type.Object({}),
  created_at: Type.String(),
  created_by: Type.String(),
  updated_at: Type.String(),
  updated_by: Type.String(),
});
export type Reclamation = Static<typeof Reclamation>;
