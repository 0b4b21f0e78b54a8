import { listRootKeys } from '../../../contract/enabling/root-keys.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { type Handler, handle } from '../../handler.ts';
import type { ClusterDeps } from '../deps.ts';
import { readableClusters } from '../readable-clusters.ts';
import { checkAccount } from '../resolve-cluster.ts';
import { findKmsInstance, instanceTarget } from './key-facts.ts';

const MOST = 5000;

/** Active root keys of one instance, if the caller may list its keys. */
export function listRootKeysHandler(deps: ClusterDeps): Handler {
  return handle(listRootKeys, {
    async resolve(call) {
      checkAccount(call.input.headers, call.principal);
      return { target: (await readableClusters(deps, call.principal)).target, record: undefined };
    },
    async run(call) {
      const instance = await findKmsInstance(deps.store.db, call.principal.accountId, call.input.query.kms_instance);
      if (!instance) throw new RootwardError('KMS_INSTANCE_UNKNOWN');
      const decision = await deps.decide(call.principal, 'kms.secrets.list', { ...instanceTarget(instance), whole: true });
      if (!decision.allowed) throw new RootwardError('ACTION_DENIED', { cause: decision.reason });
      const filter = { instanceId: instance.guid, states: [1], extractable: false, now: call.now } as const;
      const keys = await deps.keyRows.list(deps.store.db, filter, { limit: MOST, offset: 0 });
      return { output: keys.map((key) => ({ crk_id: key.id, name: key.name })) };
    },
  });
}
