import { listQuotas } from '../../../contract/groups/quotas.ts';
import { type Handler, handle } from '../../handler.ts';

export function listQuotasHandler(): Handler {
  return handle(listQuotas, {
    resolve: ({ principal: { accountId } }) => ({
      target: { serviceName: 'resource-controller', accountId, resourceType: 'quota' },
      record: accountId,
    }),
    run: () => ({ output: { resources: [] } }),
  });
}
