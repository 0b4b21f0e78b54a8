import { RootwardError } from '../../../contract/errors.ts';
import { deleteKeyRing } from '../../../contract/key-rings/delete.ts';
import { DEFAULT_RING } from '../../../contract/key-rings/key-ring.ts';
import type { InstanceRow } from '../../../store/instances.ts';
import { findKeyRing, deleteKeyRing as removeRing, whatRingHolds } from '../../../store/kms/key-rings.ts';
import { type Handler, handle, type Resolved } from '../../handler.ts';
import type { InstanceCall } from '../keys/resolve-key.ts';
import type { KmsDeps } from '../kms-deps.ts';

/** Deletes a key ring that holds no key; forced, its deleted keys go to the default one. Keys in use are never moved by this. */
export function deleteKeyRingHandler(deps: KmsDeps): Handler {
  return handle(deleteKeyRing, {
    resolve: (call) => resolveRing(deps, call),
    async change({ input, now }, instance, tx) {
      const { id } = input.params;
      if (id === DEFAULT_RING) {
        throw new RootwardError('INVALID_FIELD', {
          message: 'The default key ring cannot be deleted.',
          target: { type: 'field', name: 'id' },
        });
      }
      if (!(await findKeyRing(tx, instance.guid, id))) throw new RootwardError('KEY_RING_NOT_FOUND');
      const holds = await whatRingHolds(tx, instance.guid, id);
      if (holds.live) throw new RootwardError('KEY_RING_NOT_EMPTY');
      if (holds.deleted && !input.query.force) {
        throw new RootwardError('KEY_RING_NOT_EMPTY', {
          message: 'The key ring still holds deleted keys.',
          hint: 'With force=true they move to the default key ring.',
          target: { type: 'query_param', name: 'force' },
        });
      }
      const moved = holds.deleted ? await deps.keyRows.moveRing(tx, instance.guid, id, DEFAULT_RING, now) : 0;
      await removeRing(tx, instance.guid, id);
      return {
        output: undefined,
        audit: {
          requestData: { keyRingId: id, force: input.query.force ?? false, initialValue: { keyRingId: id } },
          responseData: { totalResources: moved },
        },
      };
    },
  });
}

/** Decided about the ring itself. Forced, keys may be moved, which is an action of its own. */
async function resolveRing(
  deps: KmsDeps,
  call: InstanceCall & {
    readonly input: { readonly params: { readonly id: string }; readonly query: { readonly force?: boolean } };
  },
): Promise<Resolved<InstanceRow>> {
  const { principal, input } = call;
  const found = await deps.resolver.instance(call);
  if (found.missing) return found;
  const target = { ...found.target, keyRing: input.params.id };
  const decision = input.query.force ? await deps.decide(principal, 'kms.secrets.patch', target) : undefined;
  if (decision?.allowed === false) return { target, missing: new RootwardError('ACTION_DENIED', { cause: decision.reason }) };
  return { ...found, target };
}
