import { listServiceIds } from '../../../contract/service-ids/list.ts';
import type { ServiceId } from '../../../contract/service-ids/service-id.ts';
import { listServiceIds as readPage } from '../../../store/iam/service-ids.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { ownAccount } from '../own-account.ts';
import { DEFAULT_PAGE, nextPage, startOfPage } from '../page.ts';
import { presentServiceId, targetOfServiceId } from './present.ts';

/** Lists the service IDs that the caller may see. */
export function listServiceIdsHandler(deps: IamDeps): Handler {
  return handle(listServiceIds, {
    resolve(call) {
      const accountId = ownAccount(call.principal, call.input.query.account_id);
      return { target: { serviceName: 'iam-identity', accountId, resourceType: 'serviceid' }, record: accountId };
    },
    async run(call, accountId) {
      const { name, pagesize, pagetoken } = call.input.query;
      const limit = pagesize ?? DEFAULT_PAGE;
      const page = { accountId, name, after: startOfPage(pagetoken), limit: limit + 1 };
      const rows = await readPage(deps.store.db, page);
      const serviceids: ServiceId[] = [];
      for (const row of rows.slice(0, limit)) {
        const decision = await deps.decide(call.principal, 'iam-identity.serviceid.get', targetOfServiceId(row));
        if (decision.allowed) serviceids.push(presentServiceId(row));
      }
      const url = new URL('/v1/serviceids/', deps.origin());
      if (name !== undefined) url.searchParams.set('name', name);
      const next = nextPage(url.href, rows, limit);
      return { output: { offset: 0, limit, first: url.href, ...(next === undefined ? {} : { next }), serviceids } };
    },
  });
}
