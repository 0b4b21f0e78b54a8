import { defineOperation } from '../operation.ts';
import { CatalogPage, CatalogQuery } from './entry.ts';

export const listCatalog = defineOperation({
  name: 'catalog.list',
  api: 'resource-controller',
  http: { method: 'GET', path: '/api/v1', success: 200 },
  // It says nothing that is not in the documentation.
  action: 'public',
  mutates: false,
  quiet: true,
  input: { query: CatalogQuery },
  output: CatalogPage,
  sensitive: [],
  errors: ['INVALID_QUERY'],
  summary: 'List the services that the catalog offers',
});
