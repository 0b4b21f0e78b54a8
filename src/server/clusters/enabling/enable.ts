import { enableKms, enableKmsV1 } from '../../../contract/enabling/enable.ts';
import type { RunKind } from '../../../contract/enabling/steps.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { type ClusterRow, findClusterById } from '../../../store/clusters/clusters.ts';
import { isPreviousRootKey } from '../../../store/clusters/root-key-history.ts';
import { findOpenRun } from '../../../store/clusters/runs.ts';
import type { KeyRow } from '../../../store/kms/keys.ts';
import type { Tx } from '../../../store/store.ts';
import { type Handler, handle, type Resolved } from '../../handler.ts';
import { findServiceAuthorization } from '../../iam/decide/service-authorization.ts';
import type { Principal } from '../../principal.ts';
import { ensureOwner } from '../api-key-owners/become-owner.ts';
import { type OwnerFacts, readOwnerFacts } from '../api-key-owners/owner-rights.ts';
import { placeOf } from '../api-key-owners/place.ts';
import type { ClusterDeps } from '../deps.ts';
import { resolveCluster } from '../resolve-cluster.ts';
import { findKmsInstance, instanceTarget, type KeyFacts, type KmsInstance, keyTarget } from './key-facts.ts';
import { type EnableRequest, refusalOf } from './refusals.ts';
import { startRun } from './start-run.ts';
import { maySupersede, supersede } from './supersede.ts';

const BREAK_GLASS_MS = 86_400_000;

/** Starts sealing a cluster by a root key, moves it to another one, or makes good the current one. */
export function enableKmsHandler(deps: ClusterDeps): Handler {
  return handle(enableKms, {
    async resolve(call) {
      const { body } = call.input;
      return await withFacts(
        deps,
        await resolveCluster(deps.store, call, body.cluster),
        {
          instanceId: body.instance_id,
          keyId: body.crk_id,
          accountId: body.account_id || call.principal.accountId,
          privateEndpoint: body.private_endpoint ?? true,
          force: body.force ?? false,
          ...breakGlassOf(body),
        },
        call,
      );
    },
    async change(call, asked, tx) {
      await start(deps, tx, asked, call, call.correlationId);
      return { output: {}, audit: { requestData: requestData(asked.request) } };
    },
  });
}

/** The same by the address of version 1. */
export function enableKmsV1Handler(deps: ClusterDeps): Handler {
  return handle(enableKmsV1, {
    async resolve(call) {
      const { params, body } = call.input;
      return await withFacts(
        deps,
        await resolveCluster(deps.store, call, params.idOrName),
        {
          instanceId: body.instanceID,
          keyId: body.crkID,
          accountId: call.principal.accountId,
          privateEndpoint: body.url?.includes('.private.') ?? true,
          force: false,
        },
        call,
      );
    },
    async change(call, asked, tx) {
      const correlationId = call.input.body.correlationId ?? call.correlationId;
      await start(deps, tx, asked, call, correlationId);
      return { output: undefined, audit: { requestData: requestData(asked.request) } };
    },
  });
}

interface Who {
  readonly principal: Principal;
  readonly now: number;
}

interface Asked {
  readonly clusterId: string;
  readonly request: EnableRequest;
  readonly facts: KeyFacts;
  /** Not asked for a KMS instance of another account: its service authorization alone decides. */
  readonly owner: OwnerFacts | undefined;
}

/** Reads what the refusals need; nothing of it is told before the caller is known to be allowed. */
async function withFacts(
  deps: ClusterDeps,
  resolved: Resolved<ClusterRow>,
  request: EnableRequest,
  who: Who,
): Promise<Resolved<Asked>> {
  if (resolved.missing) return resolved;
  const cluster = resolved.record;
  const { db } = deps.store;
  const instance = await findKmsInstance(db, request.accountId, request.instanceId);
  const key = instance && (await deps.keyRows.find(db, instance.guid, request.keyId));
  const { account_id: clusterAccountId, id: clusterId, region, resource_group_id: resourceGroupId } = cluster;
  const question = { clusterAccountId, clusterId, region, resourceGroupId };
  const authorized =
    instance !== undefined && (await findServiceAuthorization(deps.store, { ...question, kms: keyTarget(instance, key) })).reader;
  const owner =
    instance?.account_id === cluster.account_id ? await ownerFacts(deps, cluster, instance, key, request, who) : undefined;
  return { target: resolved.target, record: { clusterId: cluster.id, request, facts: { instance, key, authorized }, owner } };
}

function ownerFacts(
  deps: ClusterDeps,
  cluster: ClusterRow,
  instance: KmsInstance,
  key: KeyRow | undefined,
  { keyId }: EnableRequest,
  who: Who,
): Promise<OwnerFacts> {
  const target = instanceTarget(instance);
  // Whether there is such a key is told to whoever may read its metadata, and to nobody else.
  const ofKey = key ? keyTarget(instance, key) : { ...target, resourceType: 'key', resource: keyId };
  const asked = { ...who, instance: target, key: ofKey };
  return readOwnerFacts({ db: deps.store.db, decide: deps.decide }, placeOf(cluster), asked);
}

async function start(
  deps: ClusterDeps,
  tx: Tx,
  { clusterId, request, facts, owner }: Asked,
  { principal, now }: Who,
  correlationId: string,
): Promise<void> {
  const who = { now, by: principal.iamId, correlationId };
  refuseEmpty(request);
  // Read again: since the request was resolved, somebody else may have been faster.
  const cluster = await findClusterById(tx, clusterId);
  if (!cluster) throw new RootwardError('CLUSTER_NOT_FOUND');
  const openRun = await findOpenRun(tx, clusterId);
  const previous = await isPreviousRootKey(tx, { clusterId, instanceId: request.instanceId, keyId: request.keyId });
  const supersedes = openRun !== undefined && (await maySupersede(deps, tx, openRun, request, who.now));
  const refusal = refusalOf(request, { ...facts, owner, cluster, openRun, previous, supersedes }, who.now);
  if (refusal) throw refusal;
  if (owner) await ensureOwner(tx, deps, owner.place, { principal, now });
  const target = {
    instanceId: request.instanceId,
    keyId: request.keyId,
    service: facts.instance?.service ?? 'kms',
    accountId: request.accountId,
    privateEndpoint: request.privateEndpoint,
    ...(request.breakGlass !== undefined && { breakGlass: { reason: request.breakGlass, until: who.now + BREAK_GLASS_MS } }),
  };
  if (openRun) {
    await supersede(deps, tx, openRun, target, who);
    return;
  }
  await startRun(tx, cluster, {
    id: deps.newId(),
    kind: kindOf(cluster, request),
    parameters: { ...target, previous: previousOf(cluster, request), ...(isKept(cluster) && { kept: true }) },
    requestedBy: who.by,
    correlationId: who.correlationId,
    now: who.now,
  });
}

/** Break-glass needs a reason, and a reason is given for nothing else. */
function breakGlassOf(body: { readonly break_glass?: boolean; readonly reason?: string }): { readonly breakGlass?: string } {
  const reason = body.reason?.trim() ?? '';
  if (body.break_glass !== true && reason === '') return {};
  if (body.break_glass === true && reason !== '') return { breakGlass: reason };
  throw new RootwardError('INVALID_FIELD', {
    message: 'Fields break_glass and reason belong together.',
    target: { type: 'field', name: body.break_glass === true ? 'reason' : 'break_glass' },
  });
}

/** Objects are sealed though the cluster does not count as enabled: an earlier run failed in the middle. */
function isKept(cluster: ClusterRow): boolean {
  return cluster.kms_enabled === 0 && cluster.kms_key_id !== null;
}

function refuseEmpty(request: EnableRequest): void {
  for (const [name, value] of [
    ['instance_id', request.instanceId],
    ['crk_id', request.keyId],
  ] as const) {
    if (value !== '') continue;
    throw new RootwardError('INVALID_FIELD', {
      message: `Field ${name} is empty. A KMS provider cannot be turned off, only replaced by naming another root key.`,
      target: { type: 'field', name },
    });
  }
}

function kindOf(cluster: ClusterRow, request: EnableRequest): RunKind {
  if (cluster.kms_enabled === 0) return 'enable';
  return previousOf(cluster, request) === null ? 'reenable' : 'rekey';
}

function previousOf(cluster: ClusterRow, request: EnableRequest) {
  if (cluster.kms_instance_id === null || cluster.kms_key_id === null) return null;
  if (cluster.kms_instance_id === request.instanceId && cluster.kms_key_id === request.keyId) return null;
  return { instanceId: cluster.kms_instance_id, keyId: cluster.kms_key_id };
}

function requestData(request: EnableRequest) {
  const { instanceId, keyId, accountId, breakGlass } = request;
  const unusual = breakGlass === undefined ? {} : { updateType: 'break-glass', reason: breakGlass };
  return { kmsInstanceId: instanceId, rootKeyId: keyId, accountId, ...unusual };
}
