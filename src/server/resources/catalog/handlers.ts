import type { CatalogEntry } from '../../../contract/catalog/entry.ts';
import { getCatalogEntry, listCatalogChildren } from '../../../contract/catalog/get.ts';
import { listCatalog } from '../../../contract/catalog/list.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { type Handler, handle, type Resolved } from '../../handler.ts';
import { catalogEntries } from './entries.ts';
import { pageOfEntries } from './page.ts';

/** What published catalogs have of an entry, and this one has not; it is no kind of entries below it. */
const ABSENT: readonly string[] = ['visibility', 'pricing', 'logs', 'artifacts'];

/** The catalog is the same for everybody, and public. */
export function catalogHandlers(region: string): Handler[] {
  const entries = catalogEntries(region);
  const target = { serviceName: 'globalcatalog', accountId: '' };

  /** A service also goes by its name, as command lines write it. */
  function resolveEntry(id: string): Resolved<CatalogEntry> {
    const record = entries.find((entry) => entry.id === id || (entry.kind === 'service' && entry.name === id));
    return record ? { target, record } : { target, missing: new RootwardError('CATALOG_NOT_FOUND') };
  }

  return [
    handle(listCatalog, {
      resolve: () => ({ target, record: entries.filter(({ kind }) => kind === 'service') }),
      run: ({ input }, services) => ({ output: pageOfEntries(services, input.query, '/api/v1/') }),
    }),
    handle(getCatalogEntry, {
      resolve: (call) => resolveEntry(call.input.params.id),
      run: (_call, entry) => ({ output: entry }),
    }),
    handle(listCatalogChildren, {
      resolve({ input: { params } }) {
        if (!ABSENT.includes(params.kind)) return resolveEntry(params.id);
        return {
          target,
          missing: new RootwardError('NOT_SUPPORTED', { message: `Entries of the catalog have no ${params.kind}.` }),
        };
      },
      run({ input: { params, query } }, { id, url }) {
        const children = entries.filter((entry) => entry.parent_id === id && (params.kind === '*' || entry.kind === params.kind));
        return { output: pageOfEntries(children, query, `${url}/${encodeURIComponent(params.kind)}`) };
      },
    }),
  ];
}
