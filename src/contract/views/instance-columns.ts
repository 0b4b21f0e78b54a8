import type { ResourceInstance } from '../instances/instance.ts';
import type { Reclamation } from '../reclamations/reclamation.ts';
import { type Column, instantText, yesNo } from './column.ts';

export const INSTANCE_LIST: readonly Column<ResourceInstance>[] = [
  { title: 'Name', value: ({ name }) => name },
  { title: 'GUID', value: ({ guid }) => guid },
  { title: 'Location', value: ({ region_id }) => region_id },
  { title: 'State', value: ({ state }) => state },
  { title: 'Service', value: ({ sub_type }) => sub_type },
];

export const INSTANCE_PAGE: readonly Column<ResourceInstance>[] = [
  { title: 'Name', value: ({ name }) => name },
  { title: 'ID', value: ({ id }) => id },
  { title: 'GUID', value: ({ guid }) => guid },
  { title: 'Location', value: ({ region_id }) => region_id },
  { title: 'State', value: ({ state }) => state },
  { title: 'Type', value: ({ type }) => type },
  { title: 'Sub Type', value: ({ sub_type }) => sub_type },
  { title: 'Resource Group ID', value: ({ resource_group_id }) => resource_group_id },
  { title: 'Allow Cleanup', value: ({ allow_cleanup }) => yesNo(allow_cleanup) },
  { title: 'Locked', value: ({ locked }) => yesNo(locked) },
  { title: 'Created at', value: ({ created_at }) => instantText(created_at) },
  { title: 'Updated at', value: ({ updated_at }) => instantText(updated_at) },
  { title: 'Last Operation Status', value: ({ last_operation }) => `${last_operation.type} ${last_operation.state}` },
  { title: 'Last Operation Message', value: ({ last_operation }) => last_operation.description },
  { title: 'Public endpoint', value: ({ extensions }) => extensions.endpoints.public },
];

export const RECLAMATIONS: readonly Column<Reclamation>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'Entity CRN', value: ({ entity_crn }) => entity_crn },
  { title: 'State', value: ({ state }) => state },
  { title: 'Target Time', value: ({ target_time }) => instantText(target_time) },
  { title: 'Created by', value: ({ created_by }) => created_by },
];
