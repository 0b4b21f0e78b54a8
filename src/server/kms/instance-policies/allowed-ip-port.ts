import { ALLOWED_IP_TYPE, getAllowedIpPort } from '../../../contract/instance-policies/allowed-ip-port.ts';
import { findInstancePolicy } from '../../../store/kms/instance-policies.ts';
import { type Handler, handle } from '../../handler.ts';
import type { KmsDeps } from '../kms-deps.ts';

/** Where to go by the private network when an instance allows certain addresses only; nothing where it allows all. */
export function getAllowedIpPortHandler(deps: KmsDeps): Handler {
  return handle(getAllowedIpPort, {
    resolve: (call) => deps.resolver.instance(call),
    async run(_call, instance) {
      const policy = await findInstancePolicy(deps.store.db, instance.guid, 'allowedIP');
      const resources = policy?.enabled === 1 ? [{ private_endpoint_port: deps.privatePort() }] : [];
      return { output: { metadata: { collectionType: ALLOWED_IP_TYPE, collectionTotal: resources.length }, resources } };
    },
  });
}
