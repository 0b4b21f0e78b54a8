import { listKmsInstances } from '../../../contract/enabling/instances.ts';
import { type Handler, handle } from '../../handler.ts';
import type { ClusterDeps } from '../deps.ts';
import { readableClusters } from '../readable-clusters.ts';
import { checkAccount } from '../resolve-cluster.ts';
import { instanceTarget, listKmsInstances as readInstances } from './key-facts.ts';

/** The KMS instances of the account that the caller may see. */
export function listKmsInstancesHandler(deps: ClusterDeps): Handler {
  return handle(listKmsInstances, {
    async resolve(call) {
      checkAccount(call.input.headers, call.principal);
      return { target: (await readableClusters(deps, call.principal)).target, record: undefined };
    },
    async run(call) {
      const output = [];
      for (const instance of await readInstances(deps.store.db, call.principal.accountId)) {
        const decision = await deps.decide(call.principal, 'resource-controller.instance.retrieve', instanceTarget(instance));
        if (!decision.allowed) continue;
        output.push({ instance_id: instance.guid, name: instance.name, region: instance.region, service: instance.service });
      }
      return { output };
    },
  });
}
