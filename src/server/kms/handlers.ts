import { acknowledgeEventHandler } from '../events/acknowledge.ts';
import { syncResourcesHandler } from '../events/sync.ts';
import type { Handler } from '../handler.ts';
import { authorizeDeletionHandler } from './deletion/authorize.ts';
import { purgeKeyHandler } from './deletion/purge.ts';
import { restoreKeyHandler } from './deletion/restore.ts';
import { withdrawDeletionHandler } from './deletion/withdraw.ts';
import { createImportTokenHandler } from './import-tokens/create.ts';
import { getImportTokenHandler } from './import-tokens/get.ts';
import { getAllowedIpPortHandler } from './instance-policies/allowed-ip-port.ts';
import { getInstancePoliciesHandler } from './instance-policies/get.ts';
import { putInstancePoliciesHandler } from './instance-policies/put.ts';
import { createKeyAliasHandler } from './key-aliases/create.ts';
import { deleteKeyAliasHandler } from './key-aliases/delete.ts';
import { countKeysHandler } from './key-list/count.ts';
import { listKeysHandler } from './key-list/list.ts';
import { getKeyPoliciesHandler } from './key-policies/get.ts';
import { putKeyPoliciesHandler } from './key-policies/put.ts';
import { createKeyRingHandler } from './key-rings/create.ts';
import { deleteKeyRingHandler } from './key-rings/delete.ts';
import { listKeyRingsHandler } from './key-rings/list.ts';
import { actOnKeyHandler } from './keys/act.ts';
import { createKeyHandler } from './keys/creation/create.ts';
import { createKeyWithPoliciesHandler } from './keys/creation/create-with-policies.ts';
import { deleteKeyHandler } from './keys/delete.ts';
import { disableKeyHandler } from './keys/disable.ts';
import { enableKeyHandler } from './keys/enable.ts';
import { getKeyHandler } from './keys/get.ts';
import { keyMetadataHandler } from './keys/metadata.ts';
import { patchKeyHandler } from './keys/patch.ts';
import { rotateKeyHandler } from './keys/rotate.ts';
import { rewrapHandler } from './keys/use/rewrap.ts';
import { unwrapHandler } from './keys/use/unwrap.ts';
import { wrapHandler } from './keys/use/wrap.ts';
import { listKeyVersionsHandler } from './keys/versions.ts';
import { kmipHandlers } from './kmip/refuse.ts';
import type { KmsDeps } from './kms-deps.ts';
import { createRegistrationHandler } from './registrations/create.ts';
import { listAllRegistrationsHandler, listRegistrationsHandler } from './registrations/list.ts';
import { removeRegistrationHandler } from './registrations/remove.ts';
import { replaceRegistrationHandler } from './registrations/replace.ts';
import { updateRegistrationHandler } from './registrations/update.ts';

/** Every server half of the key service. */
export function kmsHandlers(deps: KmsDeps): Handler[] {
  return [
    createKeyHandler(deps),
    createKeyWithPoliciesHandler(deps),
    listKeysHandler(deps),
    countKeysHandler(deps),
    getKeyHandler(deps),
    keyMetadataHandler(deps),
    listKeyVersionsHandler(deps),
    wrapHandler(deps),
    unwrapHandler(deps),
    rewrapHandler(deps),
    rotateKeyHandler(deps),
    disableKeyHandler(deps),
    enableKeyHandler(deps),
    deleteKeyHandler(deps),
    authorizeDeletionHandler(deps),
    withdrawDeletionHandler(deps),
    putKeyPoliciesHandler(deps),
    getKeyPoliciesHandler(deps),
    putInstancePoliciesHandler(deps),
    getInstancePoliciesHandler(deps),
    getAllowedIpPortHandler(deps),
    patchKeyHandler(deps),
    createKeyAliasHandler(deps),
    deleteKeyAliasHandler(deps),
    listKeyRingsHandler(deps),
    createKeyRingHandler(deps),
    deleteKeyRingHandler(deps),
    actOnKeyHandler(deps),
    restoreKeyHandler(deps),
    purgeKeyHandler(deps),
    createImportTokenHandler(deps),
    getImportTokenHandler(deps),
    listRegistrationsHandler(deps),
    listAllRegistrationsHandler(deps),
    createRegistrationHandler(deps),
    replaceRegistrationHandler(deps),
    updateRegistrationHandler(deps),
    removeRegistrationHandler(deps),
    acknowledgeEventHandler(deps),
    syncResourcesHandler(deps),
    ...kmipHandlers(deps),
  ];
}
