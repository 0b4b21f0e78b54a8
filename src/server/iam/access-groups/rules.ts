import { ACCESS_GROUP_RULES } from '../../../contract/access-groups/rules.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { type Handler, handle } from '../../handler.ts';
import { groupsTarget } from './find.ts';

/** Each says that dynamic rules are not supported, to whoever may manage groups. */
export function accessGroupRuleHandlers(): Handler[] {
  return ACCESS_GROUP_RULES.map((operation) =>
    handle(operation, {
      resolve: (call) => ({
        target: groupsTarget(call.principal.accountId),
        missing: new RootwardError('NOT_SUPPORTED', {
          message: 'Access groups have no dynamic rules here.',
          hint: 'Let people of an identity provider act as a trusted profile: rules of /v1/profiles.',
        }),
      }),
      run: () => ({ output: undefined }),
    }),
  );
}
