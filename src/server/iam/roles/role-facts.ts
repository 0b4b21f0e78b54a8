import { DELEGATOR_ROLE, ROLES, type Role } from '../../../contract/actions.ts';

export interface RoleFacts {
  readonly displayName: string;
  readonly description: string;
  /** Under the name of the service: those of `hs-crypto` have its own prefix. */
  readonly actions: readonly string[];
}

/** What a role is on these services taken together. One that none of them has is shown by its CRN, and carries nothing. */
export function roleFacts(services: readonly string[], crn: string): RoleFacts {
  if (crn === DELEGATOR_ROLE.crn) return DELEGATOR_ROLE;
  const found = services.flatMap((service) =>
    (ROLES[service] ?? []).filter((role) => role.crn === crn).map((role) => ({ service, role })),
  );
  const [first] = found;
  if (!first) return { displayName: crn, description: '', actions: [] };
  const { displayName, description } = first.role;
  return { displayName, description, actions: [...new Set(found.flatMap(({ service, role }) => actionsOn(service, role)))] };
}

function actionsOn(service: string, { actions }: Role): string[] {
  return actions.map((action) => (service === 'hs-crypto' ? action.replace(/^kms\./, 'hs-crypto.') : action));
}
