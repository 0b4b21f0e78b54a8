/**
 * Which services work for which: the source of a service authorization with AuthorizationDelegator may let these, and no others, use
 * the same target. Worker disks of a cluster are opened by the block storage, in whatever account that runs.
 */
const DEPENDENT_SERVICES: Readonly<Record<string, readonly string[]>> = {
  'containers-kubernetes': ['server-protect', 'is'],
  is: ['server-protect'],
};

/** May `source` create an authorization for `dependent` on its own behalf? */
export function isDependentService(source: string, dependent: string): boolean {
  return Object.hasOwn(DEPENDENT_SERVICES, source) && (DEPENDENT_SERVICES[source]?.includes(dependent) ?? false);
}
