import type { Condition } from '../../../src/server/iam/decide/condition.ts';
import { is } from './personas.ts';

/** A way to set up people, as docs/how-to/roles.md has it: what their access group is given, and what they may then do. */
export interface Recipe {
  readonly policies: readonly { readonly roles: readonly string[]; readonly resource: readonly Condition[] }[];
  /** Services whose operations these roles open; of all others, none. */
  readonly opens: readonly { readonly service: string; readonly role: string }[];
  /** What they may do in the key service: operations with one of these roles. */
  readonly keyRoles: readonly string[];
  /** They change nothing anywhere. */
  readonly readsOnly?: true;
}

const MANAGEMENT = ['iam-identity', 'iam-groups', 'user-management', 'account-management', 'resource-controller'];

export const RECIPES: Readonly<Record<string, Recipe>> = {
  'cluster operator without key rights': {
    policies: [{ roles: ['Administrator'], resource: [is('serviceName', 'containers-kubernetes')] }],
    opens: [{ service: 'containers-kubernetes', role: 'Administrator' }],
    keyRoles: [],
  },
  'key custodian without cluster rights': {
    policies: ['kms', 'hs-crypto'].map((service) => ({ roles: ['Editor', 'Manager'], resource: [is('serviceName', service)] })),
    opens: [{ service: 'KMS', role: 'Editor' }],
    keyRoles: ['Manager'],
  },
  auditor: {
    policies: [
      { roles: ['Viewer'], resource: [is('serviceType', 'service')] },
      { roles: ['Viewer'], resource: [is('serviceType', 'platform_service')] },
    ],
    opens: ['KMS', 'containers-kubernetes', ...MANAGEMENT].map((service) => ({ service, role: 'Viewer' })),
    keyRoles: [],
    readsOnly: true,
  },
};
