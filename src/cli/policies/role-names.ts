import type { Client } from '../../client/client.ts';
import { RootwardError } from '../../contract/errors.ts';
import { listRoles, type Role } from '../../contract/roles/list.ts';

export interface RolesOf {
  /** Absent: all services. */
  readonly service?: string | undefined;
  /** The source of a service authorization; absent: the roles are for people. */
  readonly source?: string | undefined;
}

/** The CRNs of a comma list of role names, as the server knows them. Spaces and case do not matter; a CRN is taken as it is. */
export async function rolesByName(client: Client, names: string, { service, source }: RolesOf): Promise<{ role_id: string }[]> {
  const wanted = names.split(',').map((name) => name.trim());
  if (wanted.every(isCrn)) return wanted.map((role_id) => ({ role_id }));
  const query = {
    ...(service !== undefined && { service_name: service }),
    ...(source !== undefined && { source_service_name: source }),
    policy_type: source === undefined ? ('access' as const) : ('authorization' as const),
  };
  const { custom_roles, service_roles, system_roles } = await client.call(listRoles, { query });
  const known = [...service_roles, ...system_roles, ...custom_roles];
  return wanted.map((name) => ({ role_id: isCrn(name) ? name : crnOf(name, known, service) }));
}

function crnOf(name: string, known: readonly Role[], service: string | undefined): string {
  const found = known.find(({ display_name }) => plain(display_name) === plain(name));
  if (found) return found.crn;
  const of = service ?? 'policies about all services';
  throw new RootwardError('ROLE_NOT_FOUND', {
    message: known.length > 0 ? `${of} has no role "${name}".` : `There is no service ${of} with roles.`,
    hint:
      known.length > 0
        ? `Its roles are ${known.map(({ display_name }) => display_name).join(', ')}.`
        : 'Services are kms, hs-crypto and containers-kubernetes.',
  });
}

const plain = (text: string): string => text.replaceAll(/\s/g, '').toLowerCase();
const isCrn = (text: string): boolean => text.startsWith('crn:');
