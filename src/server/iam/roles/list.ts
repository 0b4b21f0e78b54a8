import { DELEGATOR_ROLE, ROLES, type Role, serviceTypeOf } from '../../../contract/actions.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { listRoles, type Role as ShownRole } from '../../../contract/roles/list.ts';
import { type Handler, handle } from '../../handler.ts';
import { ownAccount } from '../own-account.ts';
import { roleFacts } from './role-facts.ts';

/** The roles of one service or, without one, those that policies about all services take. An unknown service has none. */
export function listRolesHandler(): Handler {
  return handle(listRoles, {
    resolve(call) {
      const { account_id: named, service_group_id: group } = call.input.query;
      const accountId = ownAccount(call.principal, named);
      if (group !== undefined) throw noGroups();
      return { target: { serviceName: 'iam', accountId, resourceType: 'role' }, record: undefined };
    },
    run(call) {
      const { service_name: service, source_service_name: source, policy_type: type } = call.input.query;
      const services = service === undefined ? Object.keys(ROLES).filter((name) => serviceTypeOf(name)) : [service];
      const roles = [...byCrn(services).values()];
      const show = ({ crn }: Role): ShownRole => {
        const { displayName, description, actions } = roleFacts(services, crn);
        return { display_name: displayName, description, actions: [...actions], crn };
      };
      const delegates = roles.length > 0 && (type === 'authorization' || (type === undefined && source !== undefined));
      return {
        output: {
          custom_roles: [],
          service_roles: roles.filter(({ kind }) => kind === 'service').map(show),
          system_roles: [...roles.filter(({ kind }) => kind === 'platform'), ...(delegates ? [DELEGATOR_ROLE] : [])].map(show),
        },
      };
    },
  });
}

function byCrn(services: readonly string[]): Map<string, Role> {
  const roles = services.flatMap((service) => (Object.hasOwn(ROLES, service) ? (ROLES[service] ?? []) : []));
  return new Map(roles.map((role) => [role.crn, role]));
}

function noGroups(): RootwardError {
  return new RootwardError('NOT_SUPPORTED', {
    message: 'Query parameter service_group_id: groups of services are not supported.',
    target: { type: 'query_param', name: 'service_group_id' },
  });
}
