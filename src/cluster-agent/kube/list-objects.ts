/** Lists the objects of a core resource by their metadata only, page by page. */
import { RootwardError } from '../../contract/errors.ts';
import { resourcePrefix } from '../etcd/etcd-scan.ts';
import type { KubeClient } from './kube-client.ts';
import { statusMessage } from './kube-client.ts';

export interface ListedObject {
  /** Path below the apiserver's address. */
  readonly path: string;
  readonly etcdKey: string;
  readonly uid: string;
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
      const scope = namespace === undefined ? '' : `namespaces/${encodeURIComponent(namespace)}/`;
      yield {
        path: `/api/v1/${scope}${resource}/${encodeURIComponent(name)}`,
        etcdKey: `${resourcePrefix(resource)}${namespace === undefined ? '' : `${namespace}/`}${name}`,
        uid,
        resourceVersion,
      };
    }
    next = page.metadata?.continue ?? '';
  } while (next !== '');
}
