import type { Handler } from '../handler.ts';
import { createApiKeyHandler } from './api-keys/create.ts';
import { deleteApiKeyHandler } from './api-keys/delete.ts';
import { apiKeyDetailsHandler } from './api-keys/details.ts';
import { getApiKeyHandler } from './api-keys/get.ts';
import { listApiKeysHandler } from './api-keys/list.ts';
import type { IamDeps } from './iam-deps.ts';
import { createPolicyHandler } from './policies/create.ts';
import { deletePolicyHandler } from './policies/delete.ts';
import { getPolicyHandler } from './policies/get.ts';
import { listPoliciesHandler } from './policies/list.ts';
import { createServiceIdHandler } from './service-ids/create.ts';
import { deleteServiceIdHandler } from './service-ids/delete.ts';
import { getServiceIdHandler } from './service-ids/get.ts';
import { listServiceIdsHandler } from './service-ids/list.ts';
import { createTokenHandler } from './tokens/create.ts';
import { describeIssuerHandler } from './tokens/discovery.ts';
import { createGuessLimit } from './tokens/guess-limit.ts';
import { listSigningKeysHandler } from './tokens/keys.ts';

/** Every server half of IAM. */
export function iamHandlers(deps: IamDeps): Handler[] {
  const guesses = createGuessLimit();
  return [
    createTokenHandler(deps, guesses),
    listSigningKeysHandler(deps),
    describeIssuerHandler(deps),
    createApiKeyHandler(deps, guesses),
    listApiKeysHandler(deps),
    apiKeyDetailsHandler(deps, guesses),
    getApiKeyHandler(deps),
    deleteApiKeyHandler(deps),
    createServiceIdHandler(deps, guesses),
    listServiceIdsHandler(deps),
    getServiceIdHandler(deps),
    deleteServiceIdHandler(deps),
    createPolicyHandler(deps),
    listPoliciesHandler(deps),
    getPolicyHandler(deps),
    deletePolicyHandler(deps),
  ];
}
