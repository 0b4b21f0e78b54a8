import { disableApiKey } from '../../../contract/api-keys/disable.ts';
import { enableApiKey } from '../../../contract/api-keys/enable.ts';
import { lockApiKey } from '../../../contract/api-keys/lock.ts';
import { unlockApiKey } from '../../../contract/api-keys/unlock.ts';
import { type ApiKeyRow, findApiKey } from '../../../store/iam/api-keys.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { currentKey, keyFacts, refuseLockedKey, writeKey } from './current-key.ts';
import { resolvedKey } from './find.ts';

/** Locking and unlocking, disabling and enabling. What is so already stays so, and keeps its entity tag. */
export function setFlagHandlers(deps: IamDeps): Handler[] {
  const setting = (operation: typeof lockApiKey | typeof disableApiKey, verb: string, wanted: Partial<ApiKeyRow>): Handler =>
    handle(operation, {
      async resolve(call) {
        const { accountId } = call.principal;
        return resolvedKey(await findApiKey(deps.store.db, accountId, call.input.params.id), accountId);
      },
      async change(call, found, tx) {
        const row = await currentKey(tx, found);
        if (wanted.locked === undefined) refuseLockedKey(row);
        const isSo = Object.entries(wanted).every(([name, value]) => row[name as keyof ApiKeyRow] === value);
        if (!isSo) await writeKey(tx, deps, row, wanted, call.now);
        return { output: undefined, audit: keyFacts(row, verb) };
      },
    });
  return [
    setting(lockApiKey, 'lock', { locked: 1 }),
    setting(unlockApiKey as typeof lockApiKey, 'unlock', { locked: 0 }),
    setting(disableApiKey, 'disable', { disabled: 1 }),
    setting(enableApiKey as typeof disableApiKey, 'enable', { disabled: 0 }),
  ];
}
