/** Lists the objects of a core resource by their metadata only, page by page. */
import { RootwardError } from '../../contract/errors.ts';
import { resourcePrefix } from '../etcd/etcd-scan.ts';
import type { KubeClient } from './kube-client.ts';
import { statusMessage } from './kube-client.ts';

export interface ListedObject {
  /** Path below the apiserver's address. */
  readonly path: string;
  readonly etcdKey: string;
  /** Unknown where only etcd was asked; the resourceVersion alone is never given twice. */
  readonly uid: string | undefined;
  readonly resourceVersion: string;
}

const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const PAGE = 500;
const GONE = 410;

/** A list that gets too old to be continued ends early: the next round sees what is left. */
export async function* listObjects(kube: KubeClient, resource: string, signal: AbortSignal): AsyncGenerator<ListedObject> {
  let next = '';
  do {
    const query = new URLSearchParams({ limit: String(PAGE), ...(next === '' ? {} : { continue: next }) });
    const answer = await kube.send({ method: 'GET', path: `/api/v1/${resource}?${query}`, accept: METADATA_LIST, signal });
    if (answer.status === GONE) return;
    if (answer.status !== 200) {
      throw new RootwardError('APISERVER_UNREACHABLE', {
        message: `The kube-apiserver at ${kube.url} did not list ${resource}: ${statusMessage(answer)}`,
      });
    }
    const page = answer.body as {
      metadata?: { continue?: string };
      items?: { metadata: { name: string; namespace?: string; uid: string; resourceVersion: string } }[];
    };
    for (const { metadata } of page.items ?? []) {
      const { name, namespace, uid, resourceVersion } = metadata;
      const etcdKey = `${resourcePrefix(resource)}${namespace === undefined ? '' : `${namespace}/`}${name}`;
      yield { path: objectPath(resource, etcdKey), etcdKey, uid, resourceVersion };
    }
    next = page.metadata?.continue ?? '';
  } while (next !== '');
}

/** An object that etcd was seen to hold: its revision there is its resourceVersion. */
export function objectInEtcd(resource: string, etcdKey: string, modRevision: bigint): ListedObject {
  return { path: objectPath(resource, etcdKey), etcdKey, uid: undefined, resourceVersion: String(modRevision) };
}

function objectPath(resource: string, etcdKey: string): string {
  const [name = '', namespace] = etcdKey.slice(resourcePrefix(resource).length).split('/').reverse().map(encodeURIComponent);
  return namespace === undefined ? `/api/v1/${resource}/${name}` : `/api/v1/namespaces/${namespace}/${resource}/${name}`;
}
