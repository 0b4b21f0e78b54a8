import { ACCESS_GROUP_SETTINGS } from '../../../contract/access-groups/settings.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { type Handler, handle } from '../../handler.ts';
import { groupsTarget } from './find.ts';

/** Each says that there are no settings. Without it their address would be that of a group called so. */
export function accessGroupSettingsHandlers(): Handler[] {
  return ACCESS_GROUP_SETTINGS.map((operation) =>
    handle(operation, {
      resolve: (call) => ({
        target: groupsTarget(call.principal.accountId),
        missing: new RootwardError('NOT_SUPPORTED', {
          message: 'Access groups have no settings: there is no group of everybody.',
        }),
      }),
      run: () => ({ output: undefined }),
    }),
  );
}
