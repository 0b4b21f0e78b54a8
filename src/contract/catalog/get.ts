import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { CatalogEntry, CatalogPage, CatalogQuery } from './entry.ts';

const frame = {
  api: 'resource-controller',
  action: 'public',
  mutates: false,
  quiet: true,
  sensitive: [],
} as const;
/** The id of a service, plan or deployment; a service also by its name. */
const id = Type.String({ minLength: 1, maxLength: 256 });

export const getCatalogEntry = defineOperation({
  ...frame,
  name: 'catalog.get',
  http: { method: 'GET', path: '/api/v1/:id', success: 200 },
  input: { params: Type.Object({ id }) },
  output: CatalogEntry,
  errors: ['CATALOG_NOT_FOUND', 'INVALID_QUERY'],
  summary: 'Show an entry of the catalog',
});

export const listCatalogChildren = defineOperation({
  ...frame,
  name: 'catalog.children',
  http: { method: 'GET', path: '/api/v1/:id/:kind', success: 200 },
  input: {
    params: Type.Object({ id, kind: Type.String({ minLength: 1, maxLength: 32, description: '`plan`, `deployment` or `*`' }) }),
    query: CatalogQuery,
  },
  output: CatalogPage,
  errors: ['CATALOG_NOT_FOUND', 'INVALID_QUERY', 'NOT_SUPPORTED'],
  summary: 'List the plans of a service, or the regions of a plan',
});
