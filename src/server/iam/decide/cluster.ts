import type { Action } from '../../../contract/actions.ts';
import type { ClusterPrincipal } from '../../principal.ts';
import type { Target } from '../../target.ts';
import { byRule, type Decision } from './decision.ts';
import { decideDelegation, isDelegation } from './delegation.ts';
import type { Rights } from './rights.ts';

const KUBERNETES = 'containers-kubernetes';

const plugin: ReadonlySet<Action> = new Set<Action>(['kms.secrets.wrap', 'kms.secrets.unwrap', 'kms.secrets.readmetadata']);
const service: ReadonlySet<Action> = new Set<Action>([
  ...plugin,
  'kms.secrets.list',
  'kms.secrets.eventack',
  'kms.registrations.list',
  'kms.registrations.create',
  'kms.registrations.write',
  'kms.registrations.merge',
  'kms.registrations.delete',
]);

/** What each process of a cluster may ask of a KMS at all, whatever the service authorization says. The agent has no keys. */
const KMS_ACTIONS: Readonly<Record<ClusterPrincipal['role'], ReadonlySet<Action>>> = {
  plugin,
  service,
  agent: new Set(),
};

/** Allowed without a service authorization. The operation itself refuses records of other resources. */
const OWN_RECORDS: ReadonlySet<Action> = new Set<Action>(['kms.registrations.delete']);

/** What each process may ask about its own cluster; no policy can grant these. */
const OWN_ACTIONS: Readonly<Partial<Record<Action, ClusterPrincipal['role']>>> = {
  'rootward.plugin.state': 'plugin',
  'rootward.agent.execute': 'agent',
  'rootward.cluster.reconcile': 'service',
};

/** A cluster is decided by what it is (its own state) or by the service authorizations of the account that owns the target. */
export async function decideForCluster(
  rightsIn: (accountId: string) => Promise<Rights>,
  principal: ClusterPrincipal,
  action: Action,
  target: Target,
): Promise<Decision> {
  const role = OWN_ACTIONS[action];
  if (role !== undefined) {
    const own =
      target.serviceName === KUBERNETES &&
      target.accountId === principal.accountId &&
      target.serviceInstance === principal.clusterId;
    if (principal.role === role && own) return byRule('cluster-identity');
    return { allowed: false, reason: `only the ${role} of the cluster itself may do this` };
  }
  // Only the server as the cluster speaks for services that work for it: what runs beside the cluster gives nobody anything.
  if (isDelegation(action) && principal.role === 'service') return decideDelegation(await rightsIn(target.accountId), target);
  if (!KMS_ACTIONS[principal.role].has(action)) {
    return { allowed: false, reason: `the ${principal.role} of a cluster never does ${action}` };
  }
  // What a cluster has put on record about itself it may take back, so that no key stays locked once the authorization is gone.
  if (OWN_RECORDS.has(action) && principal.role === 'service') return byRule('cluster-identity');
  const { policies } = await rightsIn(target.accountId);
  const policy = policies.find(action, target);
  if (policy) return { allowed: true, policyId: policy.id, subject: policy.subject };
  return { allowed: false, reason: `no service authorization lets ${KUBERNETES} do ${action} on ${target.serviceName}` };
}
