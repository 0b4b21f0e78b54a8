import { RootwardError } from '../../../contract/errors.ts';
import { KEY_TYPE } from '../../../contract/keys/key.ts';
import { patchKey } from '../../../contract/keys/patch.ts';
import { type Handler, handle, type Resolved } from '../../handler.ts';
import { describeKey } from '../key-list/describe-keys.ts';
import { targetRing } from '../key-rings/target-ring.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { auditedKey } from './audited-key.ts';
import { keyForChange } from './change-key.ts';
import { type KeyCall, type ResolvedKey, targetOfInstance } from './resolve-key.ts';

/** Moves a key to another key ring of its instance. Whoever does so needs the right to on the key and on the ring that it goes to. */
export function patchKeyHandler(deps: KmsDeps): Handler {
  return handle(patchKey, {
    resolve: (call) => resolveMove(deps, call, call.input.body.keyRingID),
    async change(call, resolved, tx) {
      const key = await keyForChange(deps, tx, 'move', resolved, call.now);
      const named = call.input.body.keyRingID;
      const ring = await targetRing(tx, resolved.instance, named, { type: 'field', name: 'keyRingID' });
      const change = ring === key.key_ring_id ? {} : { key_ring_id: ring, updated_at: call.now };
      if (ring !== key.key_ring_id) await deps.keyRows.change(tx, key, change);
      const shown = await describeKey(tx, resolved.instance, { ...key, ...change }, call.now, deps.lifecycle);
      return {
        output: { metadata: { collectionType: KEY_TYPE, collectionTotal: 1 }, resources: [shown] },
        audit: {
          requestData: { initialValue: { keyRingId: key.key_ring_id }, newValue: { keyRingId: ring } },
          responseData: auditedKey(key, call.now),
        },
      };
    },
  });
}

async function resolveMove(deps: KmsDeps, call: KeyCall, ring: string): Promise<Resolved<ResolvedKey>> {
  const found = await deps.resolver.key(call);
  if (found.missing) return found;
  const goal = { ...targetOfInstance(found.record.instance), keyRing: ring };
  const decision = await deps.decide(call.principal, 'kms.secrets.patch', goal);
  if (decision.allowed) return found;
  return { target: found.target, missing: new RootwardError('ACTION_DENIED', { cause: decision.reason }) };
}
