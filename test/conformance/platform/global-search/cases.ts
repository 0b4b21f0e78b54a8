import { addInstance } from '../../../process/api.ts';
import { publishedClient } from '../clients.ts';
import type { ClientCases } from '../method-case.ts';
import * as shapes from './shapes.ts';

export const GLOBAL_SEARCH: ClientCases = {
  name: 'GlobalSearchV2',
  published: publishedClient('global-search/v2'),
  refusals: 'resource-controller',
  cases: {
    search: {
      right: {
        async arguments({ api, group, accountId, newName }) {
          for (let made = 0; made < 3; made += 1) await addInstance(api, group, newName('found'));
          return {
            query: '(type:resource-instance AND doc.sub_type:kms)',
            fields: ['name', 'family', 'type', 'account_id', 'doc.sub_type', 'doc.extensions'],
            accountId,
            limit: 2,
            timeout: 1000,
            isDeleted: 'false',
            isReclaimed: 'false',
            xCorrelationId: newName('correlation'),
          };
        },
        status: 200,
        shape: shapes.firstPage,
      },
      wrong: { arguments: async () => ({ query: '(type:resource-instance' }), status: 400, code: 'SEARCH_QUERY' },
    },
  },
  elsewhere: {},
};
