import { RootwardError } from '../../../contract/errors.ts';
import { createKeyRing } from '../../../contract/key-rings/create.ts';
import { DEFAULT_RING, MAX_KEY_RINGS } from '../../../contract/key-rings/key-ring.ts';
import { insertKeyRing, listKeyRings } from '../../../store/kms/key-rings.ts';
import { type Handler, handle } from '../../handler.ts';
import type { KmsDeps } from '../kms-deps.ts';

/** Makes an empty key ring. The decision is about the instance: who has a grant on some key rings only does not make more of them. */
export function createKeyRingHandler(deps: KmsDeps): Handler {
  return handle(createKeyRing, {
    resolve: (call) => deps.resolver.instance(call),
    async change({ input, principal, now }, instance, tx) {
      const { id } = input.params;
      const row = {
        instance_id: instance.guid,
        id,
        account_id: instance.account_id,
        created_at: now,
        created_by: principal.iamId,
      };
      const before = await listKeyRings(tx, instance.guid);
      if (id === DEFAULT_RING || before.some((ring) => ring.id === id)) throw new RootwardError('KEY_RING_EXISTS');
      if (before.length >= MAX_KEY_RINGS) {
        throw new RootwardError('KEY_RING_QUOTA', {
          message: `The instance has ${MAX_KEY_RINGS} key rings, as many as it may have.`,
        });
      }
      if (!(await insertKeyRing(tx, row))) throw new RootwardError('KEY_RING_EXISTS');
      return { output: undefined, audit: { requestData: { keyRingId: id } } };
    },
  });
}
