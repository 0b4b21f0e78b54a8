import type { InstancePolicy } from '../instance-policies/instance-policy.ts';
import type { KeyPolicy } from '../key-policies/key-policy.ts';
import { type Column, instantText, yesNo } from './column.ts';

/** `allowed_ip: 192.0.2.0/24, 198.51.100.0/24; …` */
function attributesText({ policy_data }: InstancePolicy): string {
  return Object.entries(policy_data.attributes ?? {})
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(', ') : String(value)}`)
    .join('; ');
}

export const INSTANCE_POLICIES: readonly Column<InstancePolicy>[] = [
  { title: 'Policy', value: ({ policy_type }) => policy_type },
  { title: 'Enabled', value: ({ policy_data }) => yesNo(policy_data.enabled) },
  { title: 'Attributes', value: attributesText },
  { title: 'Updated', value: ({ lastUpdated }) => instantText(lastUpdated) },
  { title: 'Updated by', value: ({ updatedBy }) => updatedBy },
];

export const KEY_POLICIES: readonly Column<KeyPolicy>[] = [
  { title: 'Policy', value: ({ rotation }) => (rotation ? 'rotation' : 'dualAuthDelete') },
  { title: 'Enabled', value: ({ rotation, dualAuthDelete }) => yesNo((rotation ?? dualAuthDelete)?.enabled === true) },
  { title: 'Every (months)', value: ({ rotation }) => (rotation ? String(rotation.interval_month) : '') },
  { title: 'Updated', value: ({ lastUpdateDate }) => instantText(lastUpdateDate) },
  { title: 'Updated by', value: ({ updatedBy }) => updatedBy },
];
