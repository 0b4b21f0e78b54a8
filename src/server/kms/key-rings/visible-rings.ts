import type { Action } from '../../../contract/actions.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { DEFAULT_RING } from '../../../contract/key-rings/key-ring.ts';
import type { InstanceRow } from '../../../store/instances.ts';
import { listKeyRings } from '../../../store/kms/key-rings.ts';
import type { Resolved } from '../../handler.ts';
import { type InstanceCall, type InstanceHeadersIn, targetOfInstance } from '../keys/resolve-key.ts';
import type { KmsDeps } from '../kms-deps.ts';

/** What a caller sees of an instance in a list. */
export interface VisibleRings {
  readonly instance: InstanceRow;
  /** Only keys of these key rings; undefined: all keys. */
  readonly rings: readonly string[] | undefined;
}

/**
 * Resolves a list: the one key ring that the header names, or the whole instance. A caller who may do `action` in some key rings
 * only sees those; a grant on a single key shows nothing in a list.
 */
export async function resolveVisibleRings(
  deps: Pick<KmsDeps, 'store' | 'resolver' | 'decide'>,
  call: InstanceCall,
  action: Action,
): Promise<Resolved<VisibleRings>> {
  const { headers } = call.input;
  const ring = headers['x-kms-key-ring'];
  const found = await deps.resolver.instance(call);
  if (found.missing) return found;
  const { record: instance, target, metered } = found;
  // A grant on what is in no ring is not one on the rings.
  const whole = { ...target, whole: true as const };
  if (ring === undefined) {
    const decision = await deps.decide(call.principal, action, whole);
    if (decision.allowed) return { target, record: { instance, rings: undefined }, metered };
  }
  const all = [DEFAULT_RING, ...(await listKeyRings(deps.store.db, instance.guid)).map(({ id }) => id)];
  const targetIn = (keyRing: string) => ({ ...targetOfInstance(instance), keyRing });
  if (ring !== undefined) {
    if (all.includes(ring)) return { target: targetIn(ring), record: { instance, rings: [ring] }, metered };
    const missing = new RootwardError('KEY_RING_NOT_FOUND', { target: { type: 'header', name: 'x-kms-key-ring' } });
    return { target: targetIn(ring), missing, metered };
  }
  const rings: string[] = [];
  for (const id of all) if ((await deps.decide(call.principal, action, targetIn(id))).allowed) rings.push(id);
  const [first] = rings;
  // The pipeline decides once more, about a target that stands for all of them: refused if there is none.
  return { target: first === undefined ? whole : targetIn(first), record: { instance, rings }, metered };
}

/** Throws if a caller who had seen `before` sees less by now: the answer must not leave. */
export function allowSameRings(now: VisibleRings, before: VisibleRings | undefined): void {
  if (!before || now.rings === undefined) return;
  if (before.rings?.every((id) => now.rings?.includes(id))) return;
  throw new RootwardError('REPLICA_BEHIND');
}

/** What the audit log says of the header that names a key ring. */
export function auditedRing(headers: InstanceHeadersIn): { keyRingId?: string } {
  const ring = headers['x-kms-key-ring'];
  return ring === undefined ? {} : { keyRingId: ring };
}
