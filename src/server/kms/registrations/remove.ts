import { RootwardError } from '../../../contract/errors.ts';
import { removeRegistration } from '../../../contract/registrations/remove.ts';
import { deleteRegistration, findRegistration } from '../../../store/registrations.ts';
import { type Handler, handle } from '../../handler.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { ownerOf } from './owner.ts';

/** Removes a registration for good: the resource no longer depends on the key. */
export function removeRegistrationHandler(deps: KmsDeps): Handler {
  return handle(removeRegistration, {
    resolve: (call) => deps.resolver.key(call),
    async change(call, { key }, tx) {
      const { crn } = call.input.params;
      ownerOf(call.principal, crn);
      if (!(await findRegistration(tx, key.id, crn))) throw new RootwardError('REGISTRATION_NOT_FOUND');
      await deleteRegistration(tx, key.id, crn);
      return { output: undefined, audit: { responseData: { keyId: key.id, resourceCRN: crn } } };
    },
  });
}
