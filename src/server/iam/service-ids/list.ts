import { listServiceIds } from '../../../contract/service-ids/list.ts';
import type { ServiceId } from '../../../contract/service-ids/service-id.ts';
import { listServiceIds as readPage } from '../../../store/iam/service-ids.ts';
import { type Handler, handle } from '../../handler.ts';
import { withActivity } from '../activity/present.ts';
import type { IamDeps } from '../iam-deps.ts';
import { parseFilter } from '../list-filter.ts';
import { readListPage, wantedPage } from '../list-page.ts';
import { ownAccount } from '../own-account.ts';
import { presentServiceId, targetOfServiceId } from './present.ts';

const PARAMETERS = ['account_id', 'name', 'filter'] as const;
const FILTERED = ['name', 'description', 'created_by'] as const;

/** Lists the service IDs that the caller may see. */
export function listServiceIdsHandler(deps: IamDeps): Handler {
  return handle(listServiceIds, {
    resolve(call) {
      const accountId = ownAccount(call.principal, call.input.query.account_id);
      const wanted = wantedPage(deps.barrier, call.input.query, PARAMETERS);
      const { filter } = wanted.filters;
      const accepts = filter === undefined ? undefined : parseFilter(filter, FILTERED);
      const target = { serviceName: 'iam-identity', accountId, resourceType: 'serviceid' };
      return { target, record: { accountId, wanted, accepts } };
    },
    async run(call, { accountId, wanted, accepts }) {
      const { rows, places } = await readListPage(wanted, {
        barrier: deps.barrier,
        url: new URL('/v1/serviceids/', deps.origin()),
        read: (page) => readPage(deps.store.db, { ...page, accountId, name: wanted.filters.name }),
        filter: accepts,
      });
      const serviceids: ServiceId[] = [];
      for (const row of rows) {
        const decision = await deps.decide(call.principal, 'iam-identity.serviceid.get', targetOfServiceId(row));
        if (decision.allowed) serviceids.push(withActivity(presentServiceId(row), row, call.input.query.include_activity));
      }
      return { output: { ...places, serviceids } };
    },
  });
}
