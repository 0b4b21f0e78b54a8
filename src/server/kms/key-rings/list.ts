import { DEFAULT_RING, KEY_RING_TYPE, type KeyRing } from '../../../contract/key-rings/key-ring.ts';
import { listKeyRings } from '../../../contract/key-rings/list.ts';
import { type KeyRingRow, listKeyRings as readKeyRings } from '../../../store/kms/key-rings.ts';
import { type Handler, handle } from '../../handler.ts';
import { formatInstant } from '../../instant.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { allowSameRings, resolveVisibleRings } from './visible-rings.ts';

const DEFAULT_PAGE = 100;

/** The key rings that the caller sees: `default` first, the others in the order in which they were made. */
export function listKeyRingsHandler(deps: KmsDeps): Handler {
  return handle(listKeyRings, {
    resolve: (call) => resolveVisibleRings(deps, call, 'kms.keyrings.list'),
    allow: (_call, now, before) => allowSameRings(now, before),
    async run(call, { instance, rings }) {
      const { limit = DEFAULT_PAGE, offset = 0, totalCount } = call.input.query;
      const made = await readKeyRings(deps.store.db, instance.guid);
      const seen = [{ id: DEFAULT_RING }, ...made.map(presentRing)].filter(({ id }) => !rings || rings.includes(id));
      const resources = seen.slice(offset, offset + limit);
      const metadata = {
        collectionType: KEY_RING_TYPE,
        collectionTotal: resources.length,
        ...(totalCount && { totalCount: seen.length }),
      };
      return { output: { metadata, resources }, audit: { responseData: { totalResources: resources.length } } };
    },
  });
}

function presentRing({ id, created_at, created_by }: KeyRingRow): KeyRing {
  return { id, creationDate: formatInstant(created_at), createdBy: created_by };
}
