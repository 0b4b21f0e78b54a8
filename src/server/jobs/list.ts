import { destroyImportTokens } from './destroy-import-tokens.ts';
import { dropOldEvents } from './drop-old-events.ts';
import { expireKeys } from './expire-keys.ts';
import { failOverdueEvents } from './fail-overdue-events.ts';
import type { Job } from './job.ts';
import type { JobsDeps } from './jobs-deps.ts';
import { lapseAuthorizations } from './lapse-authorizations.ts';
import { purgeKeys } from './purge-keys.ts';
import { reclaimInstances } from './reclaim-instances.ts';
import { rotateKeys } from './rotate-keys.ts';

/** All scheduled work of the key service. */
export function keyServiceJobs(deps: JobsDeps): readonly Job[] {
  return [
    expireKeys(deps),
    rotateKeys(deps),
    purgeKeys(deps),
    reclaimInstances(deps),
    lapseAuthorizations(deps),
    destroyImportTokens(deps),
    failOverdueEvents(deps),
    dropOldEvents(deps),
  ];
}
