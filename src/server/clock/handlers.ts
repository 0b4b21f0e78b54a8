import { acceptClock } from '../../contract/clock/accept.ts';
import { type ClockStatus, readClock } from '../../contract/clock/read.ts';
import { restartJobs } from '../../store/jobs.ts';
import { readMeta } from '../../store/meta.ts';
import type { Db } from '../../store/store.ts';
import { type Handler, handle } from '../handler.ts';
import { formatInstant } from '../instant.ts';
import type { Target } from '../target.ts';
import { describeDoubt } from './clock-doubt.ts';
import type { ClockGuard } from './clock-guard.ts';

export interface ClockDeps {
  readonly db: Db;
  readonly clock: ClockGuard;
  /** The machine's clock, whether it is believed or not. */
  readonly wall: () => number;
}

/** The clock of the whole server: everybody who is logged in may see how it stands, only who administers the server accepts it. */
export function clockHandlers(deps: ClockDeps): readonly Handler[] {
  const read = handle(readClock, {
    resolve: (call) => ({ target: { ...SERVER, accountId: call.principal.accountId }, record: undefined }),
    run: () => ({ output: status(deps) }),
  });
  const accept = handle(acceptClock, {
    async resolve() {
      // The server's own account: what it holds for others is none of their owners' business to set the clock for.
      return { target: { ...SERVER, accountId: (await readMeta(deps.db, 'account_id')) ?? '' }, record: undefined };
    },
    async change(_call, _record, tx) {
      const before = status(deps);
      const believe = await deps.clock.accept(tx);
      await restartJobs(tx);
      const at = formatInstant(deps.wall());
      return {
        output: { state: 'believed' as const, clock: at, server_time: at },
        audit: {
          requestData: {
            initialValue: { clock: before.clock, serverTime: before.server_time },
            ...(before.message !== undefined && { reason: before.message }),
          },
        },
        after: believe,
      };
    },
  });
  return [read, accept];
}

const SERVER: Omit<Target, 'accountId'> = { serviceName: 'rootward', resourceType: 'clock', name: 'clock' };

function status({ clock, wall }: ClockDeps): ClockStatus {
  const doubt = clock.doubt();
  const at = wall();
  const shown = { clock: formatInstant(at), server_time: formatInstant(clock.now()) };
  if (!doubt) return { state: 'believed', ...shown };
  return {
    state: 'suspect',
    ...shown,
    suspect_since: formatInstant(doubt.since),
    message: describeDoubt(doubt, at),
  };
}
