import { RootwardError } from '../../contract/errors.ts';
import { type WrappedKek, wrappedKek } from '../blob/blob.ts';
import type { KeyService, RootKeyRef } from '../key-service/key-service.ts';
import { CallFailure } from '../lease/call-failure.ts';
import { isSettledByVerdict } from '../lease/lease.ts';
import { keyName, type Leases, refusal } from '../lease/leases.ts';
import type { NodeStateFile } from '../state/node-state.ts';
import type { Snapshot } from '../state/snapshot.ts';
import { type Keks, rootwardError } from './keks.ts';
import { makeLocalKek } from './local-kek.ts';
import { probeKey } from './probe.ts';
import { createSealCount, type SealCount } from './seal-count.ts';

/** What the provider seals with: one object, replaced as a whole, so that Status and Encrypt cannot disagree. */
export interface Published {
  readonly keyId: string;
  readonly keyVersionId: string;
  readonly kek: WrappedKek;
  readonly seals: SealCount;
}

/** Keeps the published local KEK in step with the active activation, and the leases alive. */
export interface Tender {
  /** One round: make or adopt the KEK of the active activation, then probe both directions of every key in use. */
  readonly round: (snapshot: Snapshot | undefined) => Promise<void>;
  readonly published: () => Published | undefined;
  /** Why nothing is published. */
  readonly problem: () => RootwardError;
  /** A probe failed or the active activation is not the published one. */
  readonly unsettled: () => boolean;
}

export function createTender(deps: {
  readonly service: KeyService;
  readonly keks: Keks;
  readonly leases: Leases;
  readonly nodeState: NodeStateFile;
  readonly clusterId: string;
  readonly clock: () => number;
  readonly random: (bytes: number) => Buffer;
  /** The key service and the snapshot disagree about the key version. */
  readonly onOtherVersion: () => void;
  readonly onPublished: (published: Published | undefined) => void;
  readonly onProblem: (error: RootwardError) => void;
}): Tender {
  const { keks, leases, nodeState } = deps;
  let published: Published | undefined;
  let problem = new RootwardError('SERVER_UNREACHABLE', { message: 'the server was not reached since the start' });
  let unsettled = true;

  const publish = (next: Published | undefined): void => {
    published = next;
    deps.onPublished(next);
  };
  /** Publishes a KEK of the active activation. Resolves to true when that KEK was made, and so proved, right now. */
  const adopt = async (snapshot: Snapshot): Promise<boolean> => {
    const { active } = snapshot;
    if (active === undefined) {
      problem = new RootwardError('NO_ACTIVATION');
      if (published !== undefined) publish(undefined);
      return false;
    }
    if (published?.keyId === active.publicKeyId && !published.seals.nearlyUsedUp()) return false;
    const { localKek } = nodeState.current();
    const seals = createSealCount(nodeState);
    if (localKek?.keyId === active.publicKeyId && !seals.nearlyUsedUp()) {
      publish({ keyId: active.publicKeyId, keyVersionId: active.keyVersionId, kek: wrappedKek(localKek), seals });
      return false;
    }
    refuseByVerdict(leases, { instanceId: active.instanceId, rootKeyId: active.keyId });
    const kek = await makeLocalKek(active, deps);
    const { epoch, number, keyId, instanceId, rootKeyId, wrapped } = kek;
    nodeState.save({ localKek: { epoch, number, keyId, instanceId, rootKeyId, wrapped, seals: 0 } });
    publish({ keyId, keyVersionId: active.keyVersionId, kek, seals: createSealCount(nodeState) });
    return true;
  };
  /** A stored KEK that the key service cannot open any more must not be sealed with; the next round makes another. */
  const forget = (): void => {
    const { localKek: _unreadable, ...rest } = nodeState.current();
    nodeState.replace(rest);
    publish(undefined);
  };

  return {
    published: () => published,
    problem: () => problem,
    unsettled: () => unsettled,
    round: async (snapshot) => {
      keks.sweep();
      if (snapshot === undefined) return;
      let settled = true;
      let isFresh = false;
      try {
        isFresh = await adopt(snapshot);
      } catch (error) {
        settled = false;
        if (!(error instanceof CallFailure || error instanceof RootwardError)) throw error;
        if (error instanceof RootwardError && error.code === 'REPLICA_BEHIND') deps.onOtherVersion();
        problem = rootwardError(error);
        deps.onProblem(problem);
      }
      const own = published;
      const others = keks.samples().filter((kek) => own === undefined || keyName(kek) !== keyName(own.kek));
      const [ownResult, ...otherResults] = await Promise.all([
        own === undefined || isFresh ? 'fine' : probeKey({ ...deps, kek: own.kek, wrapVersion: own.keyVersionId }),
        ...others.map((kek) => probeKey({ ...deps, kek, wrapVersion: undefined })),
      ]);
      if (ownResult === 'unreadable') forget();
      const isDoubtful = leases.all().some(({ lease }) => lease.doubt !== undefined);
      unsettled = !settled || isDoubtful || ownResult !== 'fine' || otherResults.includes('failed');
    },
  };
}

/** After a verdict only another verdict helps; asking would fill the server's audit log with refusals. */
function refuseByVerdict(leases: Leases, key: RootKeyRef): void {
  if (!isSettledByVerdict(leases.get(key))) return;
  const use = leases.use(key);
  throw use.may === 'use' ? new RootwardError('KEY_STATE', { message: 'the root key has expired' }) : refusal(use);
}
