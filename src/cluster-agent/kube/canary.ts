/**
 * The canary Secrets: one per apiserver, written through that apiserver, read raw from etcd. Their content is derived from the
 * run, so that a stateless agent knows what to search for; it protects nothing.
 */
import { createHash } from 'node:crypto';
import { RootwardError } from '../../contract/errors.ts';
import type { Needle } from '../etcd/file-search.ts';
import type { KubeClient } from './kube-client.ts';
import { statusMessage } from './kube-client.ts';

const NAMESPACE = 'kube-system';
const LABEL = 'rootward.dev/canary';

export function canaryName(index: number): string {
  return `rootward-canary-${index}`;
}

export function canaryEtcdKey(index: number): string {
  return `/registry/secrets/${NAMESPACE}/${canaryName(index)}`;
}

/** 32 bytes that nothing else contains. */
export function canaryNeedle(runId: string, index: number): Buffer {
  return createHash('sha256').update(`rootward canary\0${runId}\0${index}`).digest();
}

/** Writes the canary through this apiserver; `stamp` differs each time, so that it is a real write. */
export async function writeCanary(
  kube: KubeClient,
  index: number,
  runId: string,
  stamp: string,
  signal: AbortSignal,
): Promise<void> {
  const answer = await kube.send({
    method: 'PATCH',
    path: `${path(index)}?fieldManager=rootward&force=true`,
    contentType: 'application/apply-patch+yaml',
    accept: METADATA_ONLY,
    signal,
    body: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: canaryName(index),
        namespace: NAMESPACE,
        labels: { [LABEL]: 'true' },
        annotations: { 'rootward.dev/written': stamp },
      },
      type: 'Opaque',
      data: { needle: canaryNeedle(runId, index).toString('base64') },
    },
  });
  if (answer.status >= 300) throw refused(kube, 'write', answer.status, statusMessage(answer));
}

/** True if the canary of the run reads back through this apiserver. @throws RootwardError APISERVER_UNREACHABLE if it cannot be read */
export async function readCanary(kube: KubeClient, index: number, runId: string, signal: AbortSignal): Promise<boolean> {
  const answer = await kube.send({ method: 'GET', path: path(index), signal });
  if (answer.status !== 200) throw refused(kube, 'read', answer.status, statusMessage(answer));
  const { data } = answer.body as { data?: { needle?: string } };
  return data?.needle === canaryNeedle(runId, index).toString('base64');
}

/** Deletes the canary; none there is success. */
export async function deleteCanary(kube: KubeClient, index: number, signal: AbortSignal): Promise<void> {
  const answer = await kube.send({ method: 'DELETE', path: path(index), signal });
  if (answer.status >= 300 && answer.status !== 404) throw refused(kube, 'delete', answer.status, statusMessage(answer));
}

/** Answers of the API carry the object's metadata and nothing of its data. */
export const METADATA_ONLY = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

/** The bytes as they would be found raw, in hex and in base64 at each of its three alignments. */
export function needlesOf(name: string, bytes: Buffer): Needle[] {
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].map((shift) => base64Core(bytes, shift));
  const forms = { raw: bytes, hex: Buffer.from(hex), 'hex-upper': Buffer.from(hex.toUpperCase()) };
  return [
    ...Object.entries(forms).map(([form, value]) => ({ name: `${name}:${form}`, bytes: value })),
    ...base64.map((value, shift) => ({ name: `${name}:base64-${shift}`, bytes: value })),
  ];
}

/** The characters that depend on these bytes alone, wherever they stand in a longer text. */
function base64Core(bytes: Buffer, shift: number): Buffer {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
  const start = shift === 0 ? 0 : shift + 1;
  const wholeGroups = Math.floor(((shift + bytes.length) * 8) / 6);
  return Buffer.from(text.slice(start, wholeGroups));
}

function path(index: number): string {
  return `/api/v1/namespaces/${NAMESPACE}/secrets/${canaryName(index)}`;
}

function refused(kube: KubeClient, verb: string, status: number, why: string): RootwardError {
  return new RootwardError('APISERVER_UNREACHABLE', {
    message: `The kube-apiserver at ${kube.url} did not ${verb} the canary (${status}): ${why}`,
  });
}
