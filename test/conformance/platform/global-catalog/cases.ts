import { publishedClient } from '../clients.ts';
import { type ClientCases, type Elsewhere, elsewhere } from '../method-case.ts';
import * as shapes from './shapes.ts';

const KEY_PROTECT = 'ee41347f-b18e-4ca6-bf80-b5467c63f9a6';
const TIERED_PRICING = 'eedd3585-90c6-4c8f-be3d-062069e99fc3';
const NOWHERE = '11111111-2222-4333-8444-555555555555';

/** Asked of an entry that is there. */
const ofKeyProtect = (reason: string, given: Readonly<Record<string, unknown>> = {}): Elsewhere => ({
  reason,
  arguments: async () => ({ id: KEY_PROTECT, ...given }),
});
const shown = { include: '*', languages: 'en', complete: true } as const;

export const GLOBAL_CATALOG: ClientCases = {
  name: 'GlobalCatalogV1',
  published: publishedClient('global-catalog/v1', '/api/v1'),
  refusals: 'resource-controller',
  cases: {
    listCatalogEntries: {
      right: {
        arguments: async ({ accountId }) => ({
          ...shown,
          account: accountId,
          q: 'name:kms',
          sortBy: 'name',
          descending: 'false',
          offset: 0,
          limit: 1,
        }),
        status: 200,
        shape: shapes.onlyPage,
      },
      wrong: { arguments: async () => ({ limit: 201 }), status: 400, code: 'INVALID_QUERY' },
    },
    getCatalogEntry: {
      right: { arguments: async () => ({ ...shown, id: 'kms', depth: 0 }), status: 200, shape: shapes.service },
      wrong: { arguments: async () => ({ id: NOWHERE }), status: 404, code: 'CATALOG_NOT_FOUND' },
    },
    getChildObjects: {
      right: {
        arguments: async () => ({ ...shown, id: TIERED_PRICING, kind: 'deployment', offset: 1, limit: 1 }),
        status: 200,
        shape: shapes.middlePage,
      },
      wrong: { arguments: async () => ({ id: NOWHERE, kind: 'plan' }), status: 404, code: 'CATALOG_NOT_FOUND' },
    },
  },
  elsewhere: {
    ...elsewhere('the catalog is what the server offers', 'createCatalogEntry updateCatalogEntry deleteCatalogEntry'),
    restoreCatalogEntry: ofKeyProtect('the catalog is what the server offers'),
    getVisibility: ofKeyProtect('visibility: the catalog is public'),
    updateVisibility: ofKeyProtect('visibility: the catalog is public'),
    getPricing: ofKeyProtect('prices'),
    getPricingDeployments: ofKeyProtect('prices'),
    getAuditLogs: ofKeyProtect('logs of entries: they never change'),
    listArtifacts: { ...ofKeyProtect('artifacts'), arguments: async () => ({ objectId: KEY_PROTECT }) },
    ...elsewhere('artifacts', 'getArtifact uploadArtifact deleteArtifact'),
  },
};
