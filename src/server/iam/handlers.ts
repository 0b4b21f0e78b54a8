import type { Handler } from '../handler.ts';
import { accessGroupHandlers } from './access-groups/handlers.ts';
import { accountHandlers } from './accounts/handlers.ts';
import { createApiKeyHandler } from './api-keys/create.ts';
import { deleteApiKeyHandler } from './api-keys/delete.ts';
import { apiKeyDetailsHandler } from './api-keys/details.ts';
import { getApiKeyHandler } from './api-keys/get.ts';
import { listApiKeysHandler } from './api-keys/list.ts';
import { rotateApiKeyHandler } from './api-keys/rotate.ts';
import { setFlagHandlers } from './api-keys/set-flag.ts';
import { updateApiKeyHandler } from './api-keys/update.ts';
import { authorizeHandler } from './decisions/authorize.ts';
import { explainDecisionHandler } from './decisions/explain.ts';
import { authorizedRolesHandler } from './decisions/roles.ts';
import type { IamDeps } from './iam-deps.ts';
import { invitationHandlers } from './invitations/handlers.ts';
import { loginHandlers } from './login/handlers.ts';
import { createPasscodeHandler } from './passcodes/create.ts';
import { createPolicyHandler, createPolicyV2Handler } from './policies/create.ts';
import { deletePolicyHandler } from './policies/delete.ts';
import { getPolicyHandler, getPolicyV2Handler } from './policies/get.ts';
import { listPoliciesHandler, listPoliciesV2Handler } from './policies/list.ts';
import { replacePolicyHandler, replacePolicyV2Handler } from './policies/replace.ts';
import { restorePolicyHandler } from './policies/restore.ts';
import { listRolesHandler } from './roles/list.ts';
import { createServiceIdHandler } from './service-ids/create.ts';
import { deleteServiceIdHandler } from './service-ids/delete.ts';
import { getServiceIdHandler } from './service-ids/get.ts';
import { listServiceIdsHandler } from './service-ids/list.ts';
import { setLockHandlers } from './service-ids/set-lock.ts';
import { updateServiceIdHandler } from './service-ids/update.ts';
import { endSessionHandler } from './sessions/end.ts';
import { rotateSigningKeyHandler } from './signing-keys/rotate.ts';
import { createTokenHandler } from './tokens/create.ts';
import { describeIssuerHandler } from './tokens/discovery.ts';
import { createGuessLimit } from './tokens/guesses/guess-limit.ts';
import { introspectTokenHandler } from './tokens/introspect.ts';
import { listSigningKeysHandler } from './tokens/keys.ts';
import { trustedProfileHandlers } from './trusted-profiles/handlers.ts';
import { userHandlers } from './users/handlers.ts';

/** Every server half of IAM. */
export function iamHandlers(deps: IamDeps): Handler[] {
  const guesses = createGuessLimit();
  return [
    createTokenHandler({ ...deps, guesses }),
    introspectTokenHandler(deps),
    createPasscodeHandler(deps),
    endSessionHandler(),
    rotateSigningKeyHandler(deps),
    listSigningKeysHandler(deps),
    describeIssuerHandler(deps),
    ...loginHandlers(deps, guesses),
    createApiKeyHandler(deps, guesses),
    listApiKeysHandler(deps),
    apiKeyDetailsHandler(deps, guesses),
    getApiKeyHandler(deps),
    deleteApiKeyHandler(deps),
    updateApiKeyHandler(deps),
    ...setFlagHandlers(deps),
    rotateApiKeyHandler(deps),
    ...accountHandlers(deps),
    ...userHandlers(deps, guesses),
    ...invitationHandlers(deps, guesses),
    createServiceIdHandler(deps, guesses),
    listServiceIdsHandler(deps),
    getServiceIdHandler(deps),
    deleteServiceIdHandler(deps),
    updateServiceIdHandler(deps),
    ...setLockHandlers(deps),
    ...accessGroupHandlers(deps),
    ...trustedProfileHandlers(deps),
    createPolicyHandler(deps),
    createPolicyV2Handler(deps),
    listPoliciesHandler(deps),
    listPoliciesV2Handler(deps),
    getPolicyHandler(deps),
    getPolicyV2Handler(deps),
    replacePolicyHandler(deps),
    replacePolicyV2Handler(deps),
    restorePolicyHandler(deps),
    deletePolicyHandler(deps),
    listRolesHandler(),
    authorizeHandler(deps),
    authorizedRolesHandler(deps),
    explainDecisionHandler(deps),
  ];
}
